from tests.bookings.practice import practice as practice  # a fixture
