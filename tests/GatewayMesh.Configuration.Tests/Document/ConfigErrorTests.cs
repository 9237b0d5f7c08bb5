using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Tests.Document;

internal sealed class ConfigErrorTests
{
    [Test]
    public void An_error_is_one_line_with_location_path_message_and_fix() =>
        Assert.That(
            new ConfigError("a.yaml", 3, 5, "sidecar.services[0].port", "'x' is not a port", "use a port from 1 to 65535").ToString(),
            Is.EqualTo("a.yaml:3:5: sidecar.services[0].port: 'x' is not a port; use a port from 1 to 65535"));

    [Test]
    public void Unknown_parts_of_an_error_are_omitted() =>
        Assert.That(new ConfigError("--role", 0, 0, "", "is wrong", "").ToString(), Is.EqualTo("--role: is wrong"));

    [Test]
    public void Control_characters_in_errors_do_not_reach_the_terminal() =>
        Assert.That(
            new ConfigError("a\n.yaml", 1, 1, "k\u001b[31m", "m\u2028", "\u202e").ToString(),
            Is.EqualTo("a\\u000a.yaml:1:1: k\\u001b[31m: m\\u2028; \\u202e"));

    [Test]
    public void Errors_are_sorted_by_location_and_listed_once()
    {
        var errors = new ConfigErrors();
        errors.Add(new SourceLocation("b", 1, 1), "", "x", "");
        errors.Add(new SourceLocation("a", 10, 1), "", "x", "");
        errors.Add(new SourceLocation("a", 9, 7), "", "x", "");
        errors.Add(new SourceLocation("a", 9, 7), "", "x", "");

        Assert.That(errors.ToSorted().Select(error => $"{error.File}{error.Line}"), Is.EqualTo(new[] { "a9", "a10", "b1" }));
    }
}
