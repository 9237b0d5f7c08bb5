using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>The example meshes under topology/ are valid. (Hosts/TwoHostsTests runs one of them unchanged.)</summary>
public sealed class TopologyTests : MeshTest
{
    [TestCaseSource(nameof(Topologies))]
    public async Task Every_file_of_a_topology_is_valid(string name)
    {
        var (code, output, errors) = await MeshProcess.RunAsync(
            Mesh.Environment, "validate", Path.Combine(PublishedFile.Root, "topology", name));
        Assert.That(code, Is.Zero, output + errors);
    }

    // The folder of the client sample holds an application and no mesh.
    private static IEnumerable<string> Topologies() => Directory.EnumerateDirectories(Path.Combine(PublishedFile.Root, "topology"))
        .Where(folder => Directory.EnumerateFiles(folder, "*.yaml").Any()).Select(Path.GetFileName)!;
}
