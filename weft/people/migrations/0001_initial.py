import datetime
import django.db.models.deletion
import weft.loom.ids
import weft.loom.seal
import weft.loom.time
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('id', models.BigIntegerField(default=weft.loom.ids.random_id, editable=False, primary_key=True, serialize=False)),
                ('name_tag', models.BinaryField(unique=True)),
                ('name', weft.loom.seal.SealedText(editable=True)),
                ('email_tag', models.BinaryField(null=True, unique=True)),
                ('email', weft.loom.seal.SealedText(editable=True)),
                ('recovery_tag', models.BinaryField(null=True, unique=True)),
                ('second_step', weft.loom.seal.SealedJSON(editable=True)),
                ('keyring', weft.loom.seal.SealedText(editable=True, null=True)),
                ('language', models.CharField(blank=True, max_length=12)),
                ('time_zone', models.CharField(blank=True, max_length=40)),
                ('joined_on', models.DateField(default=weft.loom.time.today)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('key_tag', models.BinaryField(primary_key=True, serialize=False)),
                ('contents', models.BinaryField()),
                ('since', models.DateField(default=weft.loom.time.today)),
                ('expires_on', models.DateField(db_index=True, default=datetime.date(9999, 12, 31))),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='devices', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.BigIntegerField(default=weft.loom.ids.random_id, editable=False, primary_key=True, serialize=False)),
                ('key_tag', models.BinaryField(unique=True)),
                ('credential', weft.loom.seal.SealedText(editable=True)),
                ('label', weft.loom.seal.SealedText(editable=True)),
                ('added_on', models.DateField(default=weft.loom.time.today)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passkeys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigIntegerField(default=weft.loom.ids.random_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('safety', 'Safety'), ('steward', 'Steward')], max_length=10)),
                ('known_as', weft.loom.seal.SealedText(editable=True)),
                ('since', models.DateField(default=weft.loom.time.today)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duties', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'kind'), name='one_duty_of_a_kind')],
            },
        ),
    ]
