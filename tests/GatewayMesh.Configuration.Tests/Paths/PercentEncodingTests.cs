using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Configuration.Tests.Paths;

internal sealed class PercentEncodingTests
{
    [TestCase("/a/b", "/a/b")]
    [TestCase("/%7euser/%41", "/~user/A")]
    [TestCase("/a%2fb", "/a%2Fb")]
    [TestCase("/a%2Fb", "/a%2Fb")]
    [TestCase("/%2e%2e/b", "/../b")]
    [TestCase("/100%", "/100%25")]
    [TestCase("/%4%61", "/%254a", Description = "nothing that is decoded makes a new escape")]
    [TestCase("/%C3%A4%e4", "/%C3%A4%E4")]
    public void The_normal_form_follows_the_RFC(string path, string spelled) =>
        Assert.That(PercentEncoding.Normalize(path), Is.EqualTo(spelled));

    [TestCase("/geheim/%C3%A4", "/geheim/ä")]
    [TestCase("/geheim/%c3%a4", "/geheim/ä")]
    [TestCase("/%F0%9F%98%80", "/😀")]
    [TestCase("/my%20files", "/my files")]
    [TestCase("/a%2fb", "/a/b")]
    [TestCase("/100%", "/100%")]
    [TestCase("/%e4", "/<e4>", Description = "no UTF-8: the byte stays one")]
    [TestCase("/%c3/", "/<c3>/")]
    [TestCase("/%2541", "/%41")]
    public void Decoded_text_is_UTF_8(string path, string decoded) =>
        Assert.That(Marked(PercentEncoding.Decode(path)), Is.EqualTo(decoded));

    [TestCase("/%2541", 2, "/A")]
    [TestCase("/%25C3%A4", 2, "/ä", Description = "half of it encoded twice")]
    [TestCase("/%25252541", 16, "/A")]
    [TestCase("/%", 16, "/%")]
    public void Decoding_works_on_bytes(string path, int rounds, string decoded) =>
        Assert.That(PercentEncoding.Decode(path, rounds), Is.EqualTo(decoded));

    [Test]
    public void An_escaped_slash_can_be_kept_distinct() =>
        Assert.That(PercentEncoding.DecodeApart("/a%2fb/%252f"), Is.EqualTo($"/a{PercentEncoding.EscapedSlash}b/%2f"));

    [TestCase("/a", 0)]
    [TestCase("/100%", 0)]
    [TestCase("/%41", 1)]
    [TestCase("/%252f", 2)]
    public void The_depth_is_the_number_of_rounds(string path, int depth) => Assert.That(PercentEncoding.Depth(path), Is.EqualTo(depth));

    [Test]
    public void Text_without_escapes_is_returned_as_the_same_object()
    {
        const string Path = "/v1/charges/a%20b";

        Assert.That(PercentEncoding.Normalize(Path), Is.SameAs(Path));
        Assert.That(PercentEncoding.Decode("/v1"), Is.SameAs("/v1"));
        Assert.That(PercentEncoding.Encode("/v1"), Is.SameAs("/v1"));
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property Encoding_and_decoding_are_inverse() =>
        Prop.ForAll(Texts, text => PercentEncoding.DecodeApart(PercentEncoding.Encode(text)) == text);

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property Decoding_and_encoding_gives_a_single_stable_spelling() =>
        Prop.ForAll(Paths, path =>
        {
            var spelled = PercentEncoding.Encode(PercentEncoding.DecodeApart(path));
            return PercentEncoding.Encode(PercentEncoding.DecodeApart(spelled)) == spelled
                && PercentEncoding.DecodeApart(spelled) == PercentEncoding.DecodeApart(path);
        });

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property The_normal_form_is_stable_and_keeps_the_meaning() =>
        Prop.ForAll(Paths, path =>
        {
            var normal = PercentEncoding.Normalize(path);
            return PercentEncoding.Normalize(normal) == normal && PercentEncoding.DecodeApart(normal) == PercentEncoding.DecodeApart(path);
        });

    /// <summary>Text whose bytes that are no UTF-8, and slashes that are kept apart, can be printed.</summary>
    internal static string Marked(string text) =>
        string.Concat(
            text.Select(
                (c, at) => char.IsLowSurrogate(c) && (at == 0 || !char.IsHighSurrogate(text[at - 1]))
                    ? $"<{c - 0xdc00:x2}>"
                    : c.ToString()));

    private static Arbitrary<string> Texts =>
        Gen.Elements("/", "a", "%", "%41", " ", "ä", "😀", "\n", "\u0000", "\udc2f", "\udcff", "\udc80", "?", "#", ";", "\\", "+").ListOf()
            .Select(pieces => "/" + string.Concat(pieces))
            .ToArbitrary();

    private static Arbitrary<string> Paths =>
        Gen.Elements(
            "/",
            "a",
            "%",
            "%4",
            "%41",
            "%2f",
            "%2F",
            "%25",
            "%c3",
            "%A4",
            "%e4",
            "%00",
            "%0a",
            ".",
            "%2e",
            "%f0%9f%98%80",
            ";",
            "%3b",
            "é").ListOf()
            .Select(pieces => "/" + string.Concat(pieces)).ToArbitrary();
}
