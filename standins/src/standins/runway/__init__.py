"""A stand-in for Runway's text-to-video, image-to-video, tasks and organization."""
