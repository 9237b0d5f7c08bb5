using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Tests.Document;

internal sealed class ConfigErrorTests
{
    [Test]
    public void An_error_is_one_line_with_place_path_message_and_mend() =>
        Assert.That(
            new ConfigError("a.yaml", 3, 5, "sidecar.services[0].port", "'x' is not a port", "say a port").ToString(),
            Is.EqualTo("a.yaml:3:5: sidecar.services[0].port: 'x' is not a port; say a port"));

    [Test]
    public void What_is_not_known_is_left_out() =>
        Assert.That(new ConfigError("--role", 0, 0, "", "is wrong", "").ToString(), Is.EqualTo("--role: is wrong"));

    [Test]
    public void A_strangers_control_characters_do_not_reach_the_terminal() =>
        Assert.That(new ConfigError("a\n.yaml", 1, 1, "k\u001b[31m", "m\u2028", "\u202e").ToString(), Is.EqualTo("a\\u000a.yaml:1:1: k\\u001b[31m: m\\u2028; \\u202e"));

    [Test]
    public void Errors_are_sorted_by_place_and_said_once()
    {
        var errors = new ConfigErrors();
        errors.Add(new SourceLocation("b", 1, 1), "", "x", "");
        errors.Add(new SourceLocation("a", 10, 1), "", "x", "");
        errors.Add(new SourceLocation("a", 9, 7), "", "x", "");
        errors.Add(new SourceLocation("a", 9, 7), "", "x", "");

        Assert.That(errors.ToSorted().Select(error => $"{error.File}{error.Line}"), Is.EqualTo(new[] { "a9", "a10", "b1" }));
    }
}
