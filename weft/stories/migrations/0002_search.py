import weft.loom.ids
import weft.loom.models
from django.db import migrations, models


def not_yet(apps, schema_editor):
    """A house that was there before is put in order while it is open."""
    if apps.get_model("stories", "Story").objects.exists():
        apps.get_model("stories", "Indexing").objects.create(pk=1, edition=0)


class Migration(migrations.Migration):

    dependencies = [
        ('stories', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Indexing',
            fields=[
                ('id', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('edition', models.PositiveIntegerField()),
                ('emptied', models.BooleanField(default=False)),
                ('circle', models.BigIntegerField(default=0)),
                ('number', models.PositiveIntegerField(default=0)),
                ('whole', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', weft.loom.models.RandomKey(default=weft.loom.ids.random_id, editable=False, primary_key=True, serialize=False)),
                ('places', models.BinaryField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RunPython(not_yet, migrations.RunPython.noop, elidable=True),
    ]
