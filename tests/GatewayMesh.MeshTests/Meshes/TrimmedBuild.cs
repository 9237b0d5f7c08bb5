namespace GatewayMesh.MeshTests.Meshes;

/// <summary>
/// A file of trimmed assemblies made with <c>--jit</c>: the file under test, or else the file that <c>./build.sh test</c> makes for this.
/// </summary>
internal static class TrimmedBuild
{
    public static string Path { get; } = PublishedFile.IsNative ? Find() : PublishedFile.Path;

    private static string Find()
    {
        var path = Environment.GetEnvironmentVariable("MESH_TESTS_TRIMMED_BINARY")
            ?? System.IO.Path.Combine(PublishedFile.Root, "artifacts", "trimmed-build", "gatewaymesh");
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException(
                $"{path} is missing: run ./build.sh test, or name a file that --jit made in MESH_TESTS_TRIMMED_BINARY.");
    }
}
