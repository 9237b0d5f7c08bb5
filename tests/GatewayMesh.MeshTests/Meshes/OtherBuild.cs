namespace GatewayMesh.MeshTests.Meshes;

/// <summary>The same sources as another program, which <c>./build.sh test</c> makes: untrimmed and without ReadyToRun, so nothing is where the file under test has it.</summary>
internal static class OtherBuild
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        var path = Environment.GetEnvironmentVariable("MESH_TESTS_OTHER_BINARY") ?? System.IO.Path.Combine(PublishedFile.Root, "artifacts", "other-build", "gatewaymesh");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: run ./build.sh test, or name another build in MESH_TESTS_OTHER_BINARY.");
    }
}
