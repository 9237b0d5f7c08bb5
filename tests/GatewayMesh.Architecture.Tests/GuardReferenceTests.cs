namespace GatewayMesh.Architecture.Tests;

/// <summary>The guard must not fail, so what it is made of stays small: no web server, no proxy, not even by way of another type.</summary>
public sealed class GuardReferenceTests
{
    private TypeGraph _graph = null!;

    [OneTimeSetUp]
    public void Open() => _graph = new TypeGraph(Path.Combine(AppContext.BaseDirectory, "gatewaymesh.dll"));

    [OneTimeTearDown]
    public void Close() => _graph.Dispose();

    [TestCase("GatewayMesh.Guard")]
    [TestCase("GatewayMesh.Admin")]
    public void Guard_and_admin_reach_no_kestrel_no_yarp_and_no_proxy(string room)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_graph.Namespaces().Where(space => IsSmall(space, room)), Is.Not.Empty, $"nothing to look at in {room}");
            Assert.That(_graph.Chains(space => IsSmall(space, room), IsDataPath), Is.Empty);
        }
    }

    [Test]
    public void The_check_sees_a_data_path_where_there_is_one() =>
        Assert.That(_graph.Chains(space => IsIn(space, "GatewayMesh.Nodes"), IsDataPath), Is.Not.Empty);

    // The views of a node show its data path, and only a worker serves them.
    private static bool IsSmall(string space, string room) => IsIn(space, room) && !IsIn(space, "GatewayMesh.Admin.Views");

    private static bool IsIn(string space, string room) => space == room || space.StartsWith(room + ".", StringComparison.Ordinal);

    private static bool IsDataPath(string assembly) =>
        assembly == "GatewayMesh.Proxy"
        || assembly.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        || assembly.StartsWith("Yarp", StringComparison.Ordinal);
}
