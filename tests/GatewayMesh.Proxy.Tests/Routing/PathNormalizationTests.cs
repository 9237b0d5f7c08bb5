using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Tests.Routing;

public class PathNormalizationTests
{
    private static readonly string[] Pieces = ["/", "/", "a", "b", ".", "..", "%2e", "%2E", "%2f", "%2F", "%5c", "%25", "%61", "%20", "\\", ";x", "%", "%4", "%00"];

    [TestCase("/", "/")]
    [TestCase("/a/b", "/a/b")]
    [TestCase("/a/./b", "/a/b")]
    [TestCase("/a/../b", "/b")]
    [TestCase("/../../b", "/b")]
    [TestCase("/a/..", "/")]
    [TestCase("/a/.", "/a/")]
    [TestCase("/a//b", "/a/b")]
    [TestCase("//a", "/a")]
    [TestCase("/a//../b", "/a/b", Description = "RFC 3986 §5.2.4 takes away the empty segment")]
    [TestCase("/%7euser/%41", "/~user/A")]
    [TestCase("/a%2fb", "/a%2Fb")]
    [TestCase("/%2e%2e/b", "/b")]
    [TestCase("/a/%2E%2e/b", "/b")]
    [TestCase("/100%", "/100%25")]
    [TestCase("/%4%61", "/%254a", Description = "nothing that is decoded makes a new escape")]
    [TestCase("/.well-known/x", "/.well-known/x")]
    [TestCase("/a/...", "/a/...")]
    public void The_canonical_form_is_that_of_the_RFC_with_merged_slashes(string path, string canonical) =>
        Assert.That(PathNormalization.Canonical(path), Is.EqualTo(canonical));

    [TestCase("/a/b", false)]
    [TestCase("/a%20b/../c", false)]
    [TestCase("/a%2fb", true)]
    [TestCase("/a%5Cb", true)]
    [TestCase("/a\\b", true)]
    [TestCase("/a%252fb", true)]
    [TestCase("/a%00b", true)]
    [TestCase("/100%", true)]
    public void What_applications_read_in_several_ways_is_ambiguous(string path, bool ambiguous) =>
        Assert.That(PathNormalization.IsAmbiguous(path), Is.EqualTo(ambiguous));

    [Test]
    public void An_ordinary_path_has_one_reading_and_is_the_same_object()
    {
        const string Path = "/v1/charges/4711";

        Assert.That(PathNormalization.Readings(Path), Is.EqualTo(new[] { Path }));
        Assert.That(PathNormalization.Canonical(Path), Is.SameAs(Path));
    }

    [Test]
    public void The_canonical_form_has_neither_dots_nor_empty_segments_and_is_its_own() =>
        Prop.ForAll(Paths(), path =>
        {
            var canonical = PathNormalization.Canonical(path);
            return canonical[0] == '/'
                && !canonical.Contains("//", StringComparison.Ordinal)
                && !canonical.Split('/').Any(segment => segment is "." or "..")
                && PathNormalization.Canonical(canonical) == canonical;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void One_reading_holds_no_escape_that_is_left_to_decode_and_no_way_up() =>
        Prop.ForAll(Paths(), path =>
        {
            var last = PathNormalization.Readings(path)[^1];
            return path.Contains('%', StringComparison.Ordinal)
                ? PathNormalization.Readings(path).Any(reading => !reading.Contains("%2", StringComparison.OrdinalIgnoreCase) && !reading.Contains('\\', StringComparison.Ordinal) && !reading.Split('/').Any(segment => segment is "." or ".."))
                : last.Length > 0;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Whatever_way_an_application_reads_a_path_that_reading_is_among_those_that_are_asked() =>
        Prop.ForAll(Paths(), path =>
        {
            var readings = PathNormalization.Readings(path);
            return readings.Contains(PathNormalization.Canonical(path))
                && readings.Contains(Filesystem(path))
                && readings.Count <= 4
                && readings.All(reading => reading.StartsWith('/') || path.Contains('\\', StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    [TestCase("/a#/../admin")]
    [TestCase("/admin#x")]
    public void A_fragment_is_read_both_ways(string target)
    {
        Assert.That(PathReadings.Of(target), Has.Member(target[..target.IndexOf('#', StringComparison.Ordinal)]));
        Assert.That(PathReadings.Of(target)[0], Is.EqualTo(target));
    }

    // An application that decodes all it can, takes backslashes for slashes, and walks the segments one by one.
    private static string Filesystem(string path)
    {
        for (var before = ""; before != path;)
        {
            before = path;
            path = System.Text.RegularExpressions.Regex.Replace(path, "%([0-9A-Fa-f]{2})", match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString());
        }

        var walked = new List<string>();
        var parts = path.Replace('\\', '/').Split('/');
        for (var i = 1; i < parts.Length; i++)
        {
            var part = parts[i].StartsWith(".;", StringComparison.Ordinal) ? "." : parts[i].StartsWith("..;", StringComparison.Ordinal) ? ".." : parts[i];
            if (part == ".." && walked.Count > 0)
            {
                walked.RemoveAt(walked.Count - 1);
            }

            if (part is not ("" or "." or ".."))
            {
                walked.Add(part);
            }
            else if (i == parts.Length - 1)
            {
                walked.Add("");
            }
        }

        return "/" + string.Join('/', walked);
    }

    private static Arbitrary<string> Paths() =>
        Gen.Elements(Pieces).ListOf().Select(pieces => "/" + string.Concat(pieces)).ToArbitrary();
}
