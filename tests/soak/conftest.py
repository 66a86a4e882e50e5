from tests.bookings.practice import practice as practice  # a fixture
from tests.soak.stage import stage as stage  # a fixture
