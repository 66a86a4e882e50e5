"""What clients are asked when they book a service, and what they answer."""

from __future__ import annotations

from bookings.models.questions.answers import Answer, answer_lines, answer_words
from bookings.models.questions.question import MAX_QUESTIONS, Question

__all__ = ["MAX_QUESTIONS", "Answer", "Question", "answer_lines", "answer_words"]
