import django.db.models.deletion
import weft.loom.ids
import weft.loom.models
import weft.loom.seal
import weft.loom.time
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Setup',
            fields=[
                ('id', models.BigIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('answers', weft.loom.seal.SealedJSON(default=dict, editable=True)),
            ],
        ),
        migrations.CreateModel(
            name='DutyCode',
            fields=[
                ('id', weft.loom.models.RandomKey(default=weft.loom.ids.random_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('safety', 'safety team'), ('steward', 'steward')], max_length=10)),
                ('code_tag', models.BinaryField(unique=True)),
                ('made_on', models.DateField(default=weft.loom.time.today)),
                ('expires_on', models.DateField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='people.duty')),
                ('instead_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='handed_on', to='people.duty')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
