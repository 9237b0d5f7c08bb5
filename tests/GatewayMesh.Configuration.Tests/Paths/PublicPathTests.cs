using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Configuration.Tests.Paths;

public class PublicPathTests
{
    [TestCase("/")]
    [TestCase("/a/b")]
    [TestCase("/a/b/")]
    [TestCase("/a/b?x=//../%2e%2f")]
    [TestCase("/a/.hidden/b..c/...")]
    [TestCase("/a;v=1/b,c/d:e@f")]
    [TestCase("/%E2%82%AC/a%20b")]
    public void A_normal_path_is_returned_as_the_same_string(string target)
    {
        Assert.That(PublicPath.Read(target, out var normal), Is.EqualTo(PathForm.Normal));
        Assert.That(normal, Is.SameAs(target));
    }

    [TestCase("//a", "/a")]
    [TestCase("/a//b///c", "/a/b/c")]
    [TestCase("/a//", "/a/")]
    [TestCase("/a/./b/.", "/a/b/")]
    [TestCase("/a/x/../b", "/a/b")]
    [TestCase("/a/b/..", "/a/")]
    [TestCase("/../../a", "/a")]
    [TestCase("/..", "/")]
    [TestCase("/a/%2e%2E/b", "/b")]
    [TestCase("/a/.%2e/b", "/b")]
    [TestCase("/%61dmin", "/admin")]
    [TestCase("/a%3ab", "/a%3Ab")]
    [TestCase("/a//b?x=//y", "/a/b?x=//y")]
    public void A_path_with_a_normal_form_is_rewritten_to_it(string target, string expected)
    {
        Assert.That(PublicPath.Read(target, out var normal), Is.EqualTo(PathForm.Other));
        Assert.That(normal, Is.EqualTo(expected));
    }

    [TestCase("/a%2fb")]
    [TestCase("/a%2Fb")]
    [TestCase("/a%5cb")]
    [TestCase("/a\\b")]
    [TestCase("/a%00")]
    [TestCase("/a%0d%0ab")]
    [TestCase("/a%7F")]
    [TestCase("/a\u0001")]
    [TestCase("/a%")]
    [TestCase("/a%2")]
    [TestCase("/a%zz")]
    [TestCase("/a#b")]
    [TestCase("/a?b#c")]
    [TestCase("/public/..;/admin")]
    [TestCase("/public/..;x=1/admin")]
    [TestCase("/public/%2e%2e;/admin")]
    [TestCase("/public/.;/admin")]
    [TestCase("/public/..//admin")]
    [TestCase("/a//../b")]
    [TestCase("/a//./../b")]
    public void An_ambiguous_path_has_no_normal_form(string target) =>
        Assert.That(PublicPath.Read(target, out _), Is.EqualTo(PathForm.Ambiguous));

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property A_normal_form_is_stable_and_has_no_other_reading() =>
        Prop.ForAll(Paths, path =>
        {
            if (PublicPath.Read(path, out var normal) == PathForm.Ambiguous)
            {
                return true;
            }

            var segments = normal.Split('/');
            return normal.StartsWith('/')
                && PublicPath.Read(normal, out var again) == PathForm.Normal
                && again == normal
                && !segments.Any(segment => segment is "." or "..")
                && !normal.Contains("//", StringComparison.Ordinal)
                && !normal.Contains("%2e", StringComparison.OrdinalIgnoreCase)
                && !normal.Contains("%2f", StringComparison.OrdinalIgnoreCase);
        });

    private static Arbitrary<string> Paths =>
        (from parts in Gen.ListOf(Gen.Elements("/", ".", "..", "a", "%2e", "%2E", "%2f", "%61", "%5c", "\\", ";", "%00", "%", "//", "b", "%E2", "é", "%3a"))
         select "/" + string.Concat(parts)).ToArbitrary();
}
