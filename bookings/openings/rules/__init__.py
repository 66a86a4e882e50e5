"""The rules that bear on a time: each gives its reasons for one question. `explain` has their order."""
