using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Paths;
using GatewayMesh.Configuration.Tests.Intentions;

namespace GatewayMesh.Configuration.Tests.Paths;

internal sealed class PathReadingsTests
{
    [TestCase("/")]
    [TestCase("/v1/charges/4711")]
    [TestCase("/v1/charges?next=/../%2f")]
    [TestCase("/report.pdf")]
    public void A_plain_path_has_one_reading(string target)
    {
        var readings = PathReadings.Of(target);

        Assert.That(readings.IsPlain, Is.True);
        Assert.That(readings.Readers(isUniform: true).ToArray(), Is.EqualTo(new[] { 0 }));
        Assert.That(readings[0].ToString(), Is.EqualTo(target.Split('?')[0]));
    }

    [Test]
    public void Reading_a_plain_path_allocates_nothing()
    {
        var length = 0;
        for (var i = 0; i < 100; i++)
        {
            length += PathReadings.Of("/v1/charges/4711?fields=all")[0].Length;
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            length += PathReadings.Of("/v1/charges/4711?fields=all")[0].Length;
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(length, Is.EqualTo(1100 * "/v1/charges/4711".Length));
    }

    [Test]
    public void A_decision_about_a_plain_path_allocates_nothing()
    {
        var source = new IntentionSource("web")
        {
            Permissions =
            [
                new PermissionRule(IntentionAction.Deny) { PathRule = new PathRule(PathTest.Prefix, "/my%20files/admin") },
                new PermissionRule(IntentionAction.Deny) { PathRule = new PathRule(PathTest.Regex, "/geheim%2f.*") },
                new PermissionRule(IntentionAction.Allow) { PathRule = new PathRule(PathTest.Prefix, "/v1/"), Methods = ["GET"] },
            ],
        };
        var table = IntentionTable.Of(
            new DeclaredIntentions([new ServiceIntentionsEntry { Name = "payments", Sources = [source] }], IntentionAction.Deny));
        var request = new AskedRequest("GET", "/v1/charges/4711");
        var allowed = 0;
        for (var i = 0; i < 1000; i++)
        {
            allowed += table.Decide("web", "payments", request).Allowed ? 1 : 0;
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            allowed += table.Decide("web", "payments", request).Allowed ? 1 : 0;
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(allowed, Is.EqualTo(2000));
    }

    [TestCase("/a%20b", "/a b")]
    [TestCase("/a%2fb", "/a<2f>b", "/a/b")]
    [TestCase("/a/../b", "/a/../b", "/b")]
    [TestCase("//a", "//a", "/a")]
    [TestCase("/a;x=1/b", "/a;x=1/b", "/a/b")]
    [TestCase("/a\\b", "/a\\b", "/a/b")]
    [TestCase("/a%252fb", "/a%2fb", "/a/b")]
    [TestCase("/a%00b", "/a\0b", "/a")]
    [TestCase("/a.", "/a.", "/a")]
    [TestCase("/a%c0%afb", "/a<c0><af>b", "/a/b")]
    [TestCase("/a%u002fb", "/a%u002fb", "/a/b")]
    [TestCase("/admin#x", "/admin#x", "/admin")]
    public void The_readings_of_a_path_are_those_of_real_applications(string path, params string[] readings) =>
        Assert.That(All(path).Select(PercentEncodingTests.Marked), Is.SupersetOf(readings));

    [TestCase("/public/../admin", false, Description = "every reader goes the same way")]
    [TestCase("/public/%2e%2e/admin", false)]
    [TestCase("/a%20b/../c", false)]
    [TestCase("/a;v=1/../c", false)]
    [TestCase("/a%252fb", false)]
    [TestCase("/public/..%2fadmin", true)]
    [TestCase("/public/..;/admin", true)]
    [TestCase("/public/..%5cadmin", true)]
    [TestCase("/public\\..\\admin", true)]
    [TestCase("/public//../admin", true)]
    [TestCase("/public/;x/../admin", true)]
    [TestCase("/public/%20/../admin", true)]
    [TestCase("/public/%252e%252e/admin", true)]
    [TestCase("/public/..%00/admin", true)]
    [TestCase("/public/%c0%ae%c0%ae/admin", true)]
    [TestCase("/public/x%5cy%2f..%2f../admin", true)]
    [TestCase("/public/a#/../admin", true)]
    [TestCase("/public/..%00x", true)]
    [TestCase("/public//..%3fx", true)]
    [TestCase("/public/a;v=1\\b%00", true, Description = "three peculiarities at once")]
    [TestCase("/public/a%2520b;v=1", false)]
    [TestCase("/proxy/https%3A%2F%2Fshop.example%2F%3Fq%3Da%2520b", false)]
    [TestCase("/public/%25252541", true, Description = "encoded four times")]
    public void A_path_is_tangled_when_readers_disagree_on_the_segments_that_dots_remove(string path, bool tangled) =>
        Assert.That(PathReadings.Of(path).IsTangled, Is.EqualTo(tangled));

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property A_resolved_reading_has_no_dots_or_empty_segments_and_resolves_to_itself() =>
        Prop.ForAll(Paths, path => PathReader.All.Where(reader => !reader.KeepsSegments).Select(reader => reader.Read(path)).All(reading =>
            reading.StartsWith('/')
            && !reading.Contains("//", StringComparison.Ordinal)
            && !reading.Split('/').Any(segment => segment is "." or "..")
            && PathReader.Canonical.Read(PercentEncoding.Encode(reading)) == reading));

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property A_route_path_is_found_behind_any_of_its_prefixes() =>
        Prop.ForAll(Paths, path =>
        {
            var route = RoutePath.Read(path, out _).ToString();
            var raw = RoutePath.Behind(path, "/");
            return RoutePath.Read($"/{raw}", out _).ToString() == route;
        });

    private static List<string> All(string path)
    {
        var readings = PathReadings.Of(path);
        var all = new List<string>();
        foreach (var reader in readings.Readers(isUniform: true))
        {
            all.Add(readings[reader].ToString());
        }

        return all;
    }

    private static Arbitrary<string> Paths =>
        Gen.Elements(
            "/",
            "/",
            "a",
            "b",
            ".",
            "..",
            "%2e",
            "%2E",
            "%2f",
            "%2F",
            "%5c",
            "%25",
            "%61",
            "%20",
            "\\",
            ";x",
            "%",
            "%4",
            "%00",
            "%c3%a4",
            "%e4").ListOf()
            .Select(pieces => "/" + string.Concat(pieces)).ToArbitrary();
}
