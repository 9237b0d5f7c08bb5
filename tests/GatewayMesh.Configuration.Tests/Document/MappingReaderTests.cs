using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Tests.Document;

internal sealed class MappingReaderTests
{
    private static readonly SourceLocation Place = new("f", 1, 1);

    [Test]
    public void Both_cases_of_the_first_letter_are_one_key_if_the_style_allows()
    {
        var document = Map(("Name", "web"));

        Assert.That(Read(document, KeyStyle.EitherCase, reader => reader.Required("name", ScalarTypes.Name)).Value, Is.EqualTo("web"));
        Assert.That(Read(document, KeyStyle.Exact, reader => reader.Required("name", ScalarTypes.Name)).Errors, Has.Length.EqualTo(2));
    }

    [Test]
    public void An_invalid_value_is_reported_once_however_often_it_is_read()
    {
        var (_, errors) = Read(Map(("port", "x")), KeyStyle.Exact, reader =>
        {
            _ = reader.Required("port", ScalarTypes.Port);
            return reader.Required("port", ScalarTypes.Port);
        });

        Assert.That(errors, Has.Length.EqualTo(1));
    }

    [Test]
    public void Unknown_keys_are_ignored_if_the_style_allows() =>
        Assert.That(Read(Map(("later", "x")), KeyStyle.Lenient, _ => 0).Errors, Is.Empty);

    [Test]
    public void A_null_is_absent()
    {
        var document = new ConfigMapping([new ConfigPair("port", Place, new ConfigNull(Place))], Place);

        Assert.That(Read(document, KeyStyle.Exact, reader => reader.Optional("port", ScalarTypes.Port, 80)).Value, Is.EqualTo(80));
        Assert.That(
            Read(document, KeyStyle.Exact, reader => reader.Required("port", ScalarTypes.Port)).Errors.Single().Message,
            Is.EqualTo("is missing"));
    }

    private static (T? Value, ImmutableArray<ConfigError> Errors) Read<T>(ConfigNode document, KeyStyle style, Func<MappingReader, T> bind)
    {
        var errors = new ConfigErrors();
        return (MappingReader.Read(document, style, errors, bind), errors.ToSorted());
    }

    private static ConfigMapping Map(params (string Key, string Value)[] pairs) =>
        new([.. pairs.Select(pair => new ConfigPair(pair.Key, Place, new ConfigScalar(pair.Value, Place)))], Place);
}
