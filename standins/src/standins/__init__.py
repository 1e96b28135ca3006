"""Local servers that speak Gemini's and Runway's wire formats, so that the vendors' own SDKs talk to them unchanged."""
