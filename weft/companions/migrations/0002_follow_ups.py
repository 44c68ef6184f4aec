import json

import django.db.models.deletion
import weft.loom.ids
import weft.loom.models
import weft.loom.seal
from django.db import migrations, models

from weft.loom import keys, seal


def veil_newcomers(apps, schema_editor):
    """To whom an earlier greeting was lay in the open. Now it is sealed, and found by a keyed tag."""
    for greeting in apps.get_model("companions", "Greeting").objects.only("to", "circle").iterator():
        scope = f"circle:{greeting.circle_id}"
        said = seal.seal(json.dumps([greeting.to_id, 0], separators=(",", ":")), scope, f"companions_greeting.newcomer:{greeting.pk}")
        greeting.newcomer = seal.SealedBytes(said)
        greeting.turn_tag = keys.tag(keys.secret(scope), "greeting", greeting.to_id, 0)
        greeting.save(update_fields=["newcomer", "turn_tag"])


class Migration(migrations.Migration):

    dependencies = [
        ('circles', '0002_counting'),
        ('companions', '0001_initial'),
        ('loom', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='greeting',
            name='newcomer',
            field=weft.loom.seal.SealedJSON(editable=True, null=True),
        ),
        migrations.AddField(
            model_name='greeting',
            name='turn_tag',
            field=models.BinaryField(null=True),
        ),
        migrations.RunPython(veil_newcomers, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(
            model_name='greeting',
            name='to',
        ),
        migrations.AlterField(
            model_name='greeting',
            name='newcomer',
            field=weft.loom.seal.SealedJSON(editable=True),
        ),
        migrations.AlterField(
            model_name='greeting',
            name='turn_tag',
            field=models.BinaryField(unique=True),
        ),
        migrations.CreateModel(
            name='GuestBook',
            fields=[
                ('id', weft.loom.models.RandomKey(default=weft.loom.ids.random_id, editable=False, primary_key=True, serialize=False)),
                ('kept', weft.loom.seal.SealedText(editable=True)),
                ('words', weft.loom.seal.SealedJSON(editable=True)),
                ('circle', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='circles.circle')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
