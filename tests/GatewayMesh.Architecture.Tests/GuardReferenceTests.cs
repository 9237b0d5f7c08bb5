namespace GatewayMesh.Architecture.Tests;

/// <summary>The guard must not fail, so its parts stay few: no web server, no proxy, no commands, not even through another type.</summary>
public sealed class GuardReferenceTests
{
    private const string Guard = "GatewayMesh.Guard";

    private TypeGraph _graph = null!;

    [OneTimeSetUp]
    public void Open() => _graph = new TypeGraph(Path.Combine(AppContext.BaseDirectory, "gatewaymesh.dll"));

    [OneTimeTearDown]
    public void Close() => _graph.Dispose();

    [Test]
    public void The_guard_reaches_no_kestrel_no_yarp_no_proxy_and_no_command_line()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_graph.Namespaces().Where(space => IsIn(space, Guard)), Is.Not.Empty, "the guard is elsewhere");
            Assert.That(_graph.Chains(space => IsIn(space, Guard), assembly => IsDataPath(assembly) || IsCommandLine(assembly)), Is.Empty);
        }
    }

    [TestCase("GatewayMesh.Roles")]
    [TestCase("GatewayMesh.Commands")]
    public void The_guard_and_this_folder_do_not_refer_to_each_other(string folder)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_graph.Namespaces().Where(space => IsIn(space, folder)), Is.Not.Empty, $"no namespace in {folder}");
            Assert.That(_graph.References(space => IsIn(space, Guard), space => IsIn(space, folder)), Is.Empty);
            Assert.That(_graph.References(space => IsIn(space, folder), space => IsIn(space, Guard)), Is.Empty);
        }
    }

    [Test]
    public void The_checks_see_a_data_path_a_command_line_and_a_reference_where_there_is_one()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_graph.Chains(space => IsIn(space, "GatewayMesh.Nodes"), IsDataPath), Is.Not.Empty);
            Assert.That(_graph.Chains(space => IsIn(space, "GatewayMesh.Commands"), IsCommandLine), Is.Not.Empty);
            Assert.That(_graph.References(space => IsIn(space, "GatewayMesh.Startup"), space => IsIn(space, Guard)), Is.Not.Empty);
        }
    }

    private static bool IsIn(string space, string folder) => space == folder || space.StartsWith(folder + ".", StringComparison.Ordinal);

    private static bool IsDataPath(string assembly) =>
        assembly == "GatewayMesh.Proxy"
        || assembly.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        || assembly.StartsWith("OpenTelemetry", StringComparison.Ordinal)
        || assembly.StartsWith("Yarp", StringComparison.Ordinal);

    private static bool IsCommandLine(string assembly) =>
        assembly is "System.CommandLine" or "GatewayMesh.Terminal" or "GatewayMesh.Drills";
}
