using GatewayMesh.Startup;

namespace GatewayMesh.Tests.Startup;

internal sealed class RoleLineTests
{
    [Test]
    public void Every_option_of_a_role_is_read_in_both_forms()
    {
        var (options, errors) = RoleLine.Parse(
        [
            "--role", "sidecar", "--config=/etc/a.yaml", "--node", "host-a", "--cluster", "dc1", "--registry", "file:/r", "--data-dir=/d",
            "--admin", "127.0.0.1:1", "--no-guard", "--set", "sidecar.services.0.port=8080", "--set", "gatewayShare=1%",
        ]);

        Assert.That(errors, Is.Empty);
        Assert.That(
            (
                options.Role,
                options.ConfigFile,
                options.Node,
                options.Cluster,
                options.Registry,
                options.DataDir,
                options.Admin,
                options.NoGuard),
            Is.EqualTo(("sidecar", "/etc/a.yaml", "host-a", "dc1", "file:/r", "/d", "127.0.0.1:1", true)));
        Assert.That(options.Set, Is.EqualTo(new[] { "sidecar.services.0.port=8080", "gatewayShare=1%" }));
    }

    [Test]
    public void Every_command_line_error_is_reported_at_once()
    {
        var (_, errors) = RoleLine.Parse(["--role", "proxy", "--foo", "--set", "nothing", "--no-guard=x", "--config"]);

        Assert.That(errors, Has.Length.EqualTo(5));
        Assert.That(errors, Has.Some.Contains("--role is 'proxy'").And.Some.Contains("'--foo'").And.Some.Contains("--set 'nothing'")
            .And.Some.Contains("--no-guard takes no value").And.Some.Contains("--config needs a value"));
    }

    [TestCase(true, "--role", "sidecar")]
    [TestCase(true, "--config", "x.yaml")]
    [TestCase(false, "--role", "sidecar", "--help")]
    [TestCase(false, "--help")]
    [TestCase(false, "--version")]
    [TestCase(false, "status", "--admin", "x")]
    [TestCase(false)]
    public void First_word_distinguishes_a_role_from_a_command(bool role, params string[] args) =>
        Assert.That(RoleLine.Matches(args), Is.EqualTo(role));
}
