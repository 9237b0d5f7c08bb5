namespace GatewayMesh.MeshTests.Meshes;

/// <summary>
/// A build of an earlier commit (of this tree when the history is missing), made by <c>./build.sh test</c>: untrimmed and without
/// ReadyToRun,
/// so that its layout differs from the file under test.
/// </summary>
internal static class OtherBuild
{
    public static string Path { get; } = Find();

    /// <summary>The commit of the build, or <c>this tree</c>.</summary>
    public static string BuiltFrom { get; } = File.ReadAllText(
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, "built-from")).Trim();

    private static string Find()
    {
        var path = Environment.GetEnvironmentVariable("MESH_TESTS_OTHER_BINARY")
            ?? System.IO.Path.Combine(PublishedFile.Root, "artifacts", "other-build", "gatewaymesh");
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is missing: run ./build.sh test, or name another build in MESH_TESTS_OTHER_BINARY.");
    }
}
