using GatewayMesh.Commands;
using GatewayMesh.Drills.Scenarios;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Tests.Drills.Scenarios;

/// <summary>The command <c>scenario</c> without a mesh: names, list, files.</summary>
internal sealed class ScenarioCommandTests
{
    private static readonly string[] Names =
    [
        "canary", "blue-green", "flaky", "slow-endpoint", "retry-storm", "overload", "faults", "shadow", "flag-rollout",
        "idempotent-payments", "jwt", "rate-limit", "rate-limit-mesh",
    ];

    [Test]
    public void Unknown_name_is_refused_with_the_list_of_names()
    {
        var (code, _, error) = Run("scenario", "canarry");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(ExitCode.Usage));
            Assert.That(error, Does.Contain("'canarry'").And.Contains(string.Join(", ", Names)));
        }
    }

    [Test]
    public void Missing_name_is_refused_with_the_list_of_names()
    {
        var (code, _, error) = Run("scenario");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(ExitCode.Usage));
            Assert.That(error, Does.Contain(string.Join(", ", Names)));
        }
    }

    [Test]
    public void List_has_a_line_with_the_question_of_each_scenario()
    {
        var (code, output, _) = Run("scenario", "--list");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(ExitCode.Well));
            Assert.That(Lines(output).Select(line => line.Split(' ')[0]), Is.EqualTo(Names));
            Assert.That(Lines(output), Has.All.EndsWith("?"));
        }
    }

    [Test]
    public void List_as_JSON_has_name_and_question() =>
        Assert.That(
            Lines(Run("scenario", "--list", "--json").Output)[0],
            Is.EqualTo("""{"name":"canary","question":"How much of the traffic does a new version get?"}"""));

    [Test]
    public void Help_shows_examples()
    {
        var (code, output, _) = Run("scenario", "--help");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(ExitCode.Well));
            Assert.That(output, Does.Contain("gatewaymesh scenario canary"));
        }
    }

    [Test]
    public void Missing_files_are_named_with_the_option_that_finds_them()
    {
        var empty = Directory.CreateTempSubdirectory("gatewaymesh-test-").FullName;
        try
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(
                    () => ScenarioCommand.Topology("canary", null, empty),
                    Throws.TypeOf<CommandFailure>().With.Message.Contains("topology/canary").And.Message.Contains("--topology DIR"));
                Assert.That(
                    () => ScenarioCommand.Topology("canary", empty), Throws.TypeOf<CommandFailure>().With.Message.Contains(empty));
            }
        }
        finally
        {
            Directory.Delete(empty, recursive: true);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Every_scenario_has_its_files_above_the_program(string name)
    {
        var topology = ScenarioCommand.Topology(name, null, AppContext.BaseDirectory);
        var files = new ScenarioFiles(Path.Combine(topology, name), 16100);
        var scenario = ScenarioCommand.Find(name);
        var all = files.Entries + files.Bootstrap + (scenario.RepeatsPosts ? files.CalleeBootstrap : "")
            + string.Concat(scenario.Hosts.Select(files.BootstrapOf));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(files.Bootstrap, Does.Contain("127.0.0.1:16100").And.Contains("127.0.0.1:16101"));
            Assert.That(
                scenario.Applications.Where(
                    application => !all.Contains($"{16100 + application.Port}", StringComparison.Ordinal)),
                Is.Empty,
                "applications that the files do not name");
            Assert.That(scenario.Phases.Select(phase => files.Phase(phase.Entries)), Has.All.Not.Empty);
        }
    }

    [Test]
    public void Ports_of_the_files_move_to_the_base()
    {
        var topology = ScenarioCommand.Topology("canary", null, AppContext.BaseDirectory);
        var files = new ScenarioFiles(Path.Combine(topology, "canary"), 20000);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(files.Bootstrap, Does.Contain("127.0.0.1:20000").And.Contains("127.0.0.1:20001").And.Not.Contains("161"));
            Assert.That(files.Entries, Does.Contain("port: 20031").And.Contains("port: 20032").And.Not.Contains("161"));
        }
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (CommandTree.Run(args, output, error), output.ToString(), error.ToString());
    }
}
