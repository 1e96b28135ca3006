"""A stand-in for Gemini's generateContent, countTokens and models."""
