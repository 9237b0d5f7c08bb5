using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Tests.Intentions;

namespace GatewayMesh.Configuration.Tests.Matching;

/// <summary>Header rules over all lines of a field, and over fields that some applications take for it.</summary>
internal sealed class HeaderMatchTests
{
    [TestCase("x-team: red", true)]
    [TestCase("X-TEAM: red", true)]
    [TestCase("x-team: blue|x-team: red", true)]
    [TestCase("x-team: red|x-team: blue", true)]
    [TestCase("x-team: blue, red", true, Description = "two lines that a proxy on the way has joined")]
    [TestCase("x-team: blue ,red", true)]
    [TestCase("x_team: red", true)]
    [TestCase("X_Team: red", true)]
    [TestCase("x-team: blue|x_team: red", true)]
    [TestCase("x_team: blue, red|x-team: blue", true)]
    [TestCase("x-team: blue", false)]
    [TestCase("x-team: redder", false)]
    [TestCase("xteam: red", false)]
    [TestCase("", false)]
    public void An_exact_denial_cannot_be_evaded_by_extra_lines_order_underscores_or_case_of_the_name(string fields, bool denied) =>
        Assert.That(Rule(HeaderTest.Exact, "red").May(Request(fields)), Is.EqualTo(denied));

    [TestCase("x-team: blue", true)]
    [TestCase("X-Team: blue", true)]
    [TestCase("x-team: blue|x-team: red", false)]
    [TestCase("x-team: red|x-team: blue", false)]
    [TestCase("x-team: blue|x-team: blue", false, Description = "as one list it is blue,blue")]
    [TestCase("x-team: blue, red", false)]
    [TestCase("x-team: blue|x_team: red", false)]
    [TestCase("x-team: blue|x_team: blue", false)]
    [TestCase("x_team: blue", false, Description = "to some applications there is no x-team")]
    [TestCase("x-team: red", false)]
    [TestCase("", false)]
    public void An_exact_allowance_cannot_be_exploited_by_extra_lines_or_underscores(string fields, bool allowed) =>
        Assert.That(Rule(HeaderTest.Exact, "blue").Surely(Request(fields)), Is.EqualTo(allowed));

    [TestCase(HeaderTest.Prefix, "user-", "x-team: user-1|x-team: admin", true, false)]
    [TestCase(HeaderTest.Prefix, "adm", "x-team: user-1|x-team: admin", true, false)]
    [TestCase(HeaderTest.Prefix, "adm", "x-team: user-1, admin", true, false)]
    [TestCase(HeaderTest.Prefix, "user-", "x-team: user-1", true, true)]
    [TestCase(HeaderTest.Suffix, "-rw", "x-team: a-rw|x-team: b", true, false)]
    [TestCase(HeaderTest.Suffix, "-rw", "x-team: b|x-team: a-rw", true, false)]
    [TestCase(HeaderTest.Suffix, "-rw", "x-team: a-rw", true, true)]
    [TestCase(HeaderTest.Contains, "blue", "x-team: my blue one|x-team: red", true, false)]
    [
        TestCase(
            HeaderTest.Contains,
            "json",
            "x-team: text/html, application/json;q=1",
            true,
            true,
            Description = "a line with commas of its own is one value")]
    [TestCase(HeaderTest.Regex, "b.*", "x-team: blue|x-team: red", true, false)]
    [TestCase(HeaderTest.Regex, "red", "x-team: blue|x-team: red", true, false)]
    [TestCase(HeaderTest.Regex, "[a-z]+", "x-team: blue", true, true)]
    [TestCase(HeaderTest.Present, "", "x-team: ", true, true)]
    [TestCase(HeaderTest.Present, "", "x_team: blue", true, false)]
    [TestCase(HeaderTest.Present, "", "", false, false)]
    [TestCase(HeaderTest.Exact, "red,blue", "x-team: red|x-team: blue", true, false)]
    [TestCase(HeaderTest.Exact, "red,blue", "x-team: red, blue", true, false, Description = "the same, joined by a proxy on the way")]
    public void A_denial_applies_if_any_reading_matches_and_an_allowance_if_every_reading_does(
        HeaderTest test, string value, string fields, bool denied, bool allowed)
    {
        Assert.That(Rule(test, value).May(Request(fields)), Is.EqualTo(denied));
        Assert.That(Rule(test, value).Surely(Request(fields)), Is.EqualTo(allowed));
    }

    [TestCase(HeaderTest.Exact, "blue", "x-team: blue", false, false)]
    [TestCase(HeaderTest.Exact, "blue", "x-team: red", true, true)]
    [TestCase(HeaderTest.Exact, "blue", "x-team: blue|x-team: red", true, false)]
    [TestCase(HeaderTest.Exact, "blue", "x-team: red|x_team: blue", true, false)]
    [TestCase(HeaderTest.Exact, "blue", "x-team: red, blue", true, false)]
    [TestCase(HeaderTest.Exact, "blue", "x_team: red", true, false)]
    [
        TestCase(
            HeaderTest.Exact, "blue", "", false, false, Description = "as in Envoy, a field that is not there passes no test but present")]
    [TestCase(HeaderTest.Contains, "json", "x-team: text/html, application/json", false, false)]
    [TestCase(HeaderTest.Present, "", "", true, true)]
    [TestCase(HeaderTest.Present, "", "x_team: blue", true, false, Description = "some applications see the field and some do not")]
    [TestCase(HeaderTest.Present, "", "x-team: blue", false, false)]
    public void Inverted_a_denial_applies_if_any_reading_matches_and_an_allowance_if_every_reading_does(
        HeaderTest test, string value, string fields, bool denied, bool allowed)
    {
        Assert.That(Rule(test, value, invert: true).May(Request(fields)), Is.EqualTo(denied));
        Assert.That(Rule(test, value, invert: true).Surely(Request(fields)), Is.EqualTo(allowed));
    }

    [TestCase(HeaderTest.Exact, "blue", false, "x-team: blue", true)]
    [TestCase(HeaderTest.Exact, "blue,red", false, "x-team: blue|x-team: red", true)]
    [TestCase(HeaderTest.Exact, "red", false, "x-team: blue|x-team: red", false)]
    [TestCase(HeaderTest.Exact, "red", false, "x_team: red", false)]
    [TestCase(HeaderTest.Exact, "red", true, "x-team: blue|x-team: red", true)]
    [TestCase(HeaderTest.Present, "", true, "x_team: red", true)]
    public void A_route_matches_the_joined_value_and_the_exact_name_as_in_Consul(
        HeaderTest test, string value, bool invert, string fields, bool matches) =>
        Assert.That(Rule(test, value, invert).Matches(Request(fields)), Is.EqualTo(matches));

    [TestCase("x-team: \u00c3\u00a4", true, Description = "UTF-8, as bytes arrive")]
    [TestCase("x-team: \u00e4", true, Description = "one byte, which many applications read as this letter")]
    [TestCase("x-team: a", false)]
    public void A_value_that_is_not_ASCII_is_compared_as_text(string fields, bool denied)
    {
        Assert.That(Rule(HeaderTest.Exact, "ä").May(Request(fields)), Is.EqualTo(denied));
        Assert.That(Rule(HeaderTest.Exact, "ä").Surely(Request("x-team: \u00c3\u00a4")), Is.True);
    }

    [TestCase("cookie: a=1|cookie: role=admin")]
    [TestCase("cookie: a=1; role=admin")]
    public void Cookie_crumbs_are_one_cookie(string fields)
    {
        var rule = new HeaderMatch(new HeaderRule("cookie", HeaderTest.Exact, "role=admin"));

        Assert.That(rule.May(Request(fields)), Is.True);
        Assert.That(new HeaderMatch(new HeaderRule("cookie", HeaderTest.Exact, "a=1; role=admin")).Matches(Request(fields)), Is.True);
    }

    [Test]
    public void A_request_that_matches_an_allowance_matches_a_denial_and_a_route_too()
    {
        string[] names = ["x-team", "x_team", "X-Team", "x-other"];
        string[] values = ["red", "blue", "", "red, blue", "blue,red", "redblue"];
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new System.Random(seed);
            var fields = string.Join(
                '|', Enumerable.Range(0, random.Next(4)).Select(_ => $"{names[random.Next(4)]}: {values[random.Next(6)]}"));
            var test = (HeaderTest)random.Next(6);
            var rule = Rule(test, test == HeaderTest.Present ? "" : values[random.Next(2)], random.Next(2) == 0);
            var request = Request(fields);

            Assert.That(!rule.Surely(request) || (rule.May(request) && rule.Matches(request)), Is.True, $"{test}: {fields}");
        }
    }

    private static HeaderMatch Rule(HeaderTest test, string value, bool invert = false) =>
        new(new HeaderRule("x-team", test, value) { Invert = invert });

    private static AskedRequest Request(string fields) =>
        new(
            "GET",
            "/",
            [
                .. fields.Split('|', StringSplitOptions.RemoveEmptyEntries)
                    .Select(field => field.Split(": ", 2))
                    .Select(pair => (pair[0], pair[1]))]);
}
