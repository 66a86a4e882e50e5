"""The text that Prometheus reads, written by prometheus-client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from operations.metrics.gauges import Gauge
from practice.telemetry.measurements import BUCKETS, COUNT, INFINITE, METRICS, SUM, Key, Metric

Family = GaugeMetricFamily | CounterMetricFamily | HistogramMetricFamily
BOUNDS = (*map(str, BUCKETS), INFINITE)


def exposition(gauges: Iterable[Gauge], totals: Mapping[Key, float], version: str) -> bytes:
    """All figures as text, with the version of Kalends as a label of `kalends_info`."""
    registry = CollectorRegistry()
    info = Gauge("kalends_info", "The version that runs.", ("version",), {(version,): 1.0})
    registry.register(_Figures([info, *gauges], totals))
    return generate_latest(registry)


class _Figures(Collector):
    """What a registry asks for figures."""

    def __init__(self, gauges: Iterable[Gauge], totals: Mapping[Key, float]) -> None:
        self.gauges, self.totals = list(gauges), totals

    def collect(self) -> Iterator[Family]:
        yield from map(_gauge, self.gauges)
        for metric in METRICS:
            yield _histogram(metric, self.totals) if metric.is_histogram else _counter(metric, self.totals)


def _gauge(gauge: Gauge) -> GaugeMetricFamily:
    family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
    for labels, value in sorted(gauge.values.items()):
        family.add_metric(labels, value)
    return family


def _counter(metric: Metric, totals: Mapping[Key, float]) -> CounterMetricFamily:
    family = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels in _labels_of(metric, totals):
        family.add_metric(labels, totals.get((metric.name, labels, COUNT), 0))
    return family


def _histogram(metric: Metric, totals: Mapping[Key, float]) -> HistogramMetricFamily:
    """Rows say how many are in each bucket; Prometheus wants how many are in it or below."""
    family = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels in _labels_of(metric, totals):
        cumulative, buckets = 0.0, []
        for bound in BOUNDS:
            cumulative += totals.get((metric.name, labels, bound), 0)
            buckets.append((bound, cumulative))
        family.add_metric(labels, buckets, totals.get((metric.name, labels, SUM), 0))
    return family


def _labels_of(metric: Metric, totals: Mapping[Key, float]) -> list[tuple[str, ...]]:
    """Those that were measured. Rows of another version, with other labels, are left out."""
    found = {labels for name, labels, _part in totals if name == metric.name and len(labels) == len(metric.labels)}
    return sorted(found)
