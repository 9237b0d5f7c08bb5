namespace GatewayMesh.Architecture.Tests;

/// <summary>The working tree that these tests look at.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Source => Path.Combine(Root, "src");

    /// <summary>The C# files under <paramref name="folder"/> that people wrote, relative to the root.</summary>
    public static IEnumerable<string> CodeFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file))
            .Where(file => !IsMade(file));

    /// <summary>
    /// Names of the projects under src: the folders with a project file. <c>Shared</c> has none, its files are linked into several.
    /// </summary>
    public static IEnumerable<string> Projects() =>
        from folder in Directory.EnumerateDirectories(Source)
        where Directory.EnumerateFiles(folder, "*.csproj").Any()
        select Path.GetFileName(folder);

    /// <summary>The projects under src, each with the rooms (folders) that it has.</summary>
    public static IEnumerable<(string Project, string Room)> Rooms() =>
        from project in Directory.EnumerateDirectories(Source)
        from room in Directory.EnumerateDirectories(project)
        where !IsMade(room) && Directory.EnumerateFiles(room, "*.cs", SearchOption.AllDirectories).Any()
        select (Path.GetFileName(project), Path.GetFileName(room));

    private static bool IsMade(string path) =>
        path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "GatewayMesh.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("GatewayMesh.sln is not above " + AppContext.BaseDirectory);
    }
}
