using NUnit.Framework.Interfaces;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>
/// A test with a mesh of its own. A failed one shows the log of every process; a process left behind is a failure. The registry is a
/// folder, unless the fixture or an argument of the test says <see cref="RegistryKind.Consul"/>.
/// </summary>
[CancelAfter(240_000)]
public abstract class MeshTest
{
    private protected Mesh Mesh { get; private set; } = null!;

    /// <summary>False in a test that takes a guard from its worker for good.</summary>
    protected bool EndsByItself { get; set; }

    /// <summary>The registry of the fixture's tests, but for those with an argument that says another one.</summary>
    private protected virtual RegistryKind Registry => RegistryKind.Folder;

    [SetUp]
    public async Task MakeMesh()
    {
        EndsByItself = true;
        var registry = TestContext.CurrentContext.Test.Arguments.OfType<RegistryKind>().Append(Registry).First();

        // All processes dial from one address, and every watch holds a connection; on hosts of their own they are far from Consul's limit.
        Mesh = new Mesh(registry == RegistryKind.Consul ? await ConsulAgent.StartAsync(new ConsulAgentOptions { MaxConnectionsPerClient = 2000 }) : null);
    }

    [TearDown]
    public async Task EndMesh()
    {
        var left = await Mesh.EndAsync();
        if (TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Failed || (EndsByItself && left.Count > 0))
        {
            await TestContext.Out.WriteLineAsync(Mesh.Logs(40));
        }

        await Mesh.DisposeAsync();
        if (EndsByItself)
        {
            Assert.That(left, Is.Empty, "processes left behind after SIGTERM");
        }
    }
}
