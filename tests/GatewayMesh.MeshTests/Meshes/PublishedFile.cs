using GatewayMesh.MeshTests.LifeCycle;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>The file under test, made by <c>./build.sh publish</c>.</summary>
internal static class PublishedFile
{
    public static string Path { get; } = Find();

    public static string Root { get; } = FindRoot();

    /// <summary>True for a native program, false for a file made with <c>--jit</c>.</summary>
    public static bool IsNative { get; } = Bundle.Read(Path) is null;

    private static string Find()
    {
        var path = Environment.GetEnvironmentVariable("MESH_TESTS_BINARY")
            ?? System.IO.Path.Combine(FindRoot(), "artifacts", "gatewaymesh", "gatewaymesh");
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is missing: run ./build.sh publish (./build.sh test does it by itself).");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "GatewayMesh.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("GatewayMesh.sln is not above " + AppContext.BaseDirectory);
    }
}
