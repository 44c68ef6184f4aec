import pytest

from weft.stories.models import Story


@pytest.fixture
def told(ada, cleo):
    """A story that Ada told to her circle, asking only to be listened to."""
    story = Story.begin(ada)
    story.write("The first Sunday without him.", wish="listen", audience="circle", topics=["loss"])
    story.share(by=ada)
    return story
