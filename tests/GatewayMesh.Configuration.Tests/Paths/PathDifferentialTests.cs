using System.Globalization;
using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Tests.Intentions;

namespace GatewayMesh.Configuration.Tests.Paths;

/// <summary>
/// Decisions about random paths against hundreds of applications, each of which reads paths in a way of its own. Nothing here uses the code
/// that decides.
/// </summary>
internal sealed class PathDifferentialTests
{
    private const int PathsEach = 250;

    private static readonly string[] Pieces =
    [
        "/",
        "/",
        "/",
        "//",
        "public",
        "admin",
        "a",
        "x",
        "..",
        "..",
        ".",
        "%2e",
        "%2E%2e",
        "%2e%2e",
        "%2f",
        "%2F",
        "%5c",
        "\\",
        "%252f",
        "%252e%252e",
        "%25252f",
        "%255c",
        ";", ";v=1", "..;", "%3b", "%00", "%20", "%61dmin", "%", "%2", "%25", "#", "%c0%af", "%3f", "...",
    ];

    private static readonly string[] Climbs =
        [
            "..",
            "%2e%2e",
            "..%2f..",
            "..%5c..",
            "..;",
            "..;v/..",
            "x%2f../..",
            "x%5c../..",
            ".%2e",
            "..%00",
            "..%20",
            "%252e%252e",
            "..%252f..",
            "/..",
            "x//..",
            "x%5cy%2f..%2f..",
            "../.",
            "a/../.."];

    private static readonly List<App> Apps = [.. AllApps()];

    [Test]
    public void No_application_reads_a_denied_path_or_gets_a_path_that_is_not_allowed([Range(1, 3)] int seed)
    {
        var random = new System.Random(seed);
        List<(PathTest Test, string Value, Predicate<string> Means)> denied =
        [
            (PathTest.Exact, "/admin/x", text => text == "/admin/x"),
            (PathTest.Prefix, "/admin/", text => text.StartsWith("/admin/", StringComparison.Ordinal)),
            (PathTest.Regex, "/(admin|a)/[a-z]", text => Regex.IsMatch(text, @"\A/(admin|a)/[a-z]\z")),
        ];
        List<(PathTest Test, string Value, Predicate<string> Means)> allowed =
        [
            (PathTest.Exact, "/public/a", text => text == "/public/a"),
            (PathTest.Prefix, "/public/", text => text.StartsWith("/public/", StringComparison.Ordinal)),
            (PathTest.Regex, "/public/[^/]*", text => Regex.IsMatch(text, @"\A/public/[^/]*\z", RegexOptions.Singleline)),
        ];
        var denies = denied.ConvertAll(rule => Table(IntentionAction.Deny, rule.Test, rule.Value));
        var allows = allowed.ConvertAll(rule => Table(IntentionAction.Allow, rule.Test, rule.Value));
        var (read, got) = (0, 0);
        for (var i = 0; i < PathsEach; i++)
        {
            var path = RandomPath(random);
            var texts = Apps.Select(app => (App: app, Text: app.Read(path))).DistinctBy(pair => pair.Text).ToList();
            for (var rule = 0; rule < denied.Count; rule++)
            {
                if (texts.Find(pair => denied[rule].Means(pair.Text)) is { App: { } app, Text: var text })
                {
                    read++;
                    Assert.That(IsAllowed(denies[rule], path), Is.False, $"{path} is {text} to {app}, which {denied[rule].Value} denies");
                }
            }

            for (var rule = 0; rule < allowed.Count; rule++)
            {
                if (IsAllowed(allows[rule], path))
                {
                    got++;
                    var other = texts.Find(pair => !allowed[rule].Means(pair.Text));
                    Assert.That(other.App, Is.Null, $"{path} is {other.Text} to {other.App}, which {allowed[rule].Value} does not allow");
                }
            }
        }

        Assert.That(read, Is.GreaterThan(20), "paths that lead where it is denied");
        Assert.That(got, Is.GreaterThan(5), "paths that are allowed");
    }

    private static string RandomPath(System.Random random)
    {
        if (random.Next(3) == 0)
        {
            return "/" + string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pick(random, Pieces)));
        }

        var start = Pick(random, ["/public/", "/public/a", "/public", "/", "/admin/", "/a/"]);
        var middle = string.Concat(
            Enumerable.Range(0, random.Next(3)).Select(_ => $"{Pick(random, ["/", "%2f", "\\", "/./", "//"])}{Pick(random, Climbs)}"));
        var end = Pick(
            random,
            [
                "/admin/x",
                "%2fadmin/x",
                "/%61dmin%2fx",
                "/admin;v/x",
                "/admin/x%00",
                "/admin/x#y",
                "/a/x",
                "",
                "x",
                "/admin/%2578",
                "admin%2f%25252578"]);
        return start + middle + end;
    }

    private static string Pick(System.Random random, string[] from) => from[random.Next(from.Length)];

    private static IntentionTable Table(IntentionAction action, PathTest test, string value)
    {
        var source = new IntentionSource("web") { Permissions = [new PermissionRule(action) { PathRule = new PathRule(test, value) }] };
        return IntentionTable.Of(new DeclaredIntentions(
            [new ServiceIntentionsEntry { Name = "payments", Sources = [source] }],
            action == IntentionAction.Deny ? IntentionAction.Allow : IntentionAction.Deny));
    }

    private static bool IsAllowed(IntentionTable table, string path) =>
        table.Decide("web", "payments", new AskedRequest("GET", path)).Allowed;

    private static IEnumerable<App> AllApps() =>
        from splitsFirst in (bool[])[true, false]
        from rounds in splitsFirst ? (int[])[1, 2] : [1, 2, 3, 9]
        from backslash in splitsFirst ? (bool[])[false] : [false, true]
        from parameters in Enum.GetValues<Cut>()
        from segments in Enum.GetValues<Walk>()
        from ends in splitsFirst ? (bool[])[false] : [false, true]
        from trims in splitsFirst ? (bool[])[false] : [false, true]
        from fragments in (bool[])[false, true]
        select new App(splitsFirst, rounds, backslash, parameters, segments, ends, trims, fragments);

    private enum Cut
    {
        Never,
        BeforeDecoding,
        AfterDecoding,
    }

    private enum Walk
    {
        AsItStands,
        DotsThenSlashes,
        SlashesThenDots,
        SkipsEmpty,
    }

    /// <summary>An application that reads paths in its own way.</summary>
    private sealed record App(
        bool SplitsFirst, int Rounds, bool Backslash, Cut Parameters, Walk Segments, bool EndsAtNul, bool Trims, bool Fragments)
    {
        // A slash within a segment, for applications that split before they decode.
        private const char Within = '\ue000';

        public string Read(string path)
        {
            if (Fragments)
            {
                path = path.Split('#')[0];
            }

            if (Parameters == Cut.BeforeDecoding)
            {
                path = WithoutParameters(path);
            }

            if (SplitsFirst)
            {
                path = string.Join('/', path.Split('/').Select(segment => Decoded(segment).Replace('/', Within)));
            }
            else
            {
                path = Decoded(path);
                path = Backslash ? path.Replace('\\', '/') : path;
                path = EndsAtNul ? path.Split('\0')[0] : path;
            }

            if (Parameters == Cut.AfterDecoding)
            {
                path = WithoutParameters(path);
            }

            return Walked(Trims ? string.Join('/', path.Split('/').Select(Trimmed)) : path);
        }

        private string Decoded(string text)
        {
            for (var round = 0; round < Rounds; round++)
            {
                text = Regex.Replace(
                    text,
                    "%([0-9A-Fa-f]{2})",
                    match => ((char)int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());
            }

            return text;
        }

        private string Walked(string path) => Segments switch
        {
            Walk.AsItStands => path,
            Walk.DotsThenSlashes => Regex.Replace(WithoutDots(path, skipsEmpty: false), "/+", "/"),
            Walk.SlashesThenDots => WithoutDots(Regex.Replace(path, "/+", "/"), skipsEmpty: false),
            _ => WithoutDots(path, skipsEmpty: true),
        };

        private static string Trimmed(string segment) =>
            segment.Trim(' ', '.').Length == 0 ? segment.Trim(' ') : segment.Trim(' ').TrimEnd('.', ' ');

        private static string WithoutParameters(string path) => Regex.Replace(path, ";[^/]*", "");

        private static string WithoutDots(string path, bool skipsEmpty)
        {
            var walked = new List<string>();
            var parts = path.Split('/');
            for (var i = 1; i < parts.Length; i++)
            {
                var isLast = i == parts.Length - 1;
                if (parts[i] == ".." && walked.Count > 0)
                {
                    walked.RemoveAt(walked.Count - 1);
                }

                if (parts[i] is not ("." or "..") && (parts[i].Length > 0 || !skipsEmpty))
                {
                    walked.Add(parts[i]);
                }
                else if (isLast)
                {
                    walked.Add("");
                }
            }

            return "/" + string.Join('/', walked);
        }
    }
}
