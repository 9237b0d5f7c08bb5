using NUnit.Framework.Interfaces;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>A test with a mesh of its own. A failed one shows the log of every process; a process left behind is a failure.</summary>
[CancelAfter(240_000)]
public abstract class MeshTest
{
    private protected Mesh Mesh { get; private set; } = null!;

    /// <summary>False in a test that takes a guard from its worker for good.</summary>
    protected bool EndsByItself { get; set; }

    [SetUp]
    public void MakeMesh()
    {
        EndsByItself = true;
        Mesh = new Mesh();
    }

    [TearDown]
    public async Task EndMesh()
    {
        var left = await Mesh.EndAsync();
        if (TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Failed || (EndsByItself && left.Count > 0))
        {
            await TestContext.Out.WriteLineAsync(Mesh.Logs(40));
        }

        Mesh.Dispose();
        if (EndsByItself)
        {
            Assert.That(left, Is.Empty, "processes left behind after SIGTERM");
        }
    }
}
