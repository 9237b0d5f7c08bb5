namespace GatewayMesh.Architecture.Tests;

/// <summary>The working tree under test.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Source => Path.Combine(Root, "src");

    /// <summary>Hand-written C# files under <paramref name="folder"/>, relative to the root.</summary>
    public static IEnumerable<string> CodeFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file))
            .Where(file => !IsGenerated(file));

    /// <summary>
    /// Names of the projects under src: folders with a project file. <c>Shared</c> has none; its files are linked into several projects.
    /// </summary>
    public static IEnumerable<string> Projects() =>
        from folder in Directory.EnumerateDirectories(Source)
        where Directory.EnumerateFiles(folder, "*.csproj").Any()
        select Path.GetFileName(folder);

    /// <summary>Projects under src, each with its folders.</summary>
    public static IEnumerable<(string Project, string Folder)> Folders() =>
        from project in Directory.EnumerateDirectories(Source)
        from folder in Directory.EnumerateDirectories(project)
        where !IsGenerated(folder) && Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Any()
        select (Path.GetFileName(project), Path.GetFileName(folder));

    private static bool IsGenerated(string path) =>
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
