using NUnit.Framework.Interfaces;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>
/// A test with its own mesh. A failed test shows the log of every process, and a process left behind is a failure. The registry is a
/// folder, unless the fixture or an argument of the test is <see cref="RegistryKind.Consul"/>.
/// </summary>
[CancelAfter(240_000)]
public abstract class MeshTest
{
    private protected LocalMesh Mesh { get; private set; } = null!;

    /// <summary>False in a test that permanently removes a guard from its worker.</summary>
    protected bool EndsByItself { get; set; }

    /// <summary>Registry of the fixture's tests, except for tests with an argument of their own.</summary>
    private protected virtual RegistryKind Registry => RegistryKind.Folder;

    [SetUp]
    public async Task MakeMesh()
    {
        EndsByItself = true;
        var registry = TestContext.CurrentContext.Test.Arguments.OfType<RegistryKind>().Append(Registry).First();

        // All processes dial from one address, and every watch holds a connection; on separate hosts they are far from Consul's limit.
        Mesh = new LocalMesh(
            registry == RegistryKind.Consul
                ? await ConsulAgent.StartAsync(new ConsulAgentOptions { MaxConnectionsPerClient = 2000 })
                : null);
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
