using GatewayMesh.Commands;

namespace GatewayMesh.Tests.Commands;

internal sealed class CommandTreeTests
{
    private static readonly string[] Commands = [
        "demo", "validate", "check", "status", "drain", "upgrade", "drill", "scenario", "intention", "explain", "ca", "version"];

    [TestCaseSource(nameof(Commands))]
    public void The_help_of_every_command_shows_examples(string command)
    {
        var (code, output, _) = Run(command, "--help");

        Assert.That(code, Is.Zero);
        Assert.That(output, Does.Contain("Examples:").And.Contain($"gatewaymesh {command}"));
    }

    [Test]
    public void Root_help_lists_every_command_and_the_role_and_hides_demo_app()
    {
        var (code, output, _) = Run("--help");

        Assert.That(code, Is.Zero);
        Assert.That(Commands.Where(command => !output.Contains($"  {command} ", StringComparison.Ordinal)), Is.Empty);
        Assert.That(output, Does.Contain("--role sidecar|gateway|ingress").And.Not.Contain("demo-app"));
    }

    [Test]
    public void Durations_in_help_are_written_as_users_write_them() =>
        Assert.That(Run("demo", "--help").Output, Does.Contain("[default: 1m]"));

    [TestCase("nonsense")]
    [TestCase("status", "--admin", "nowhere")]
    [TestCase("status", "--foo")]
    [TestCase("drill")]
    [TestCase("drill", "explode")]
    [TestCase("drill", "kill", "--rate", "0")]
    [TestCase("drill", "kill", "--duration", "15")]
    [TestCase("scenario", "canary", "--seconds", "0")]
    [TestCase("demo", "--port-base", "80")]
    [TestCase("demo", "--registry", "etcd")]
    [TestCase("validate")]
    [TestCase("intention", "check", "web")]
    [TestCase("intention", "check", "web", "payments", "--path", "v1")]
    [TestCase("intention", "check", "web", "payments", "--header", "novalue")]
    [TestCase("explain", "GET")]
    [TestCase("explain", "GET", "payments")]
    public void Bad_usage_exits_with_2_and_prints_to_standard_error(params string[] args)
    {
        var (code, _, error) = Run(args);

        Assert.That(code, Is.EqualTo(2));
        Assert.That(error, Does.Contain("gatewaymesh: ").And.Contain("--help"));
    }

    [Test]
    public void No_arguments_are_bad_usage_and_print_help()
    {
        var (code, _, error) = Run();

        Assert.That(code, Is.EqualTo(2));
        Assert.That(error, Does.Contain("Usage:"));
    }

    [Test]
    public void Unknown_registry_kind_is_refused_with_the_valid_kinds()
    {
        var (code, _, error) = Run("demo", "--registry", "etcd");

        Assert.That(code, Is.EqualTo(2));
        Assert.That(error, Does.Contain("'file'").And.Contain("'consul'"));
    }

    [TestCase("version")]
    [TestCase("--version")]
    public void The_version_is_one_line(string word)
    {
        var (code, output, _) = Run(word);

        Assert.That(code, Is.Zero);
        Assert.That(output.TrimEnd(), Does.Match(@"^gatewaymesh \d+\.\d+\.\d+ \(\.NET .*\)$"));
    }

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (CommandTree.Run(args, output, error), output.ToString(), error.ToString());
    }
}
