using System.Xml.Linq;

namespace GatewayMesh.Architecture.Tests;

/// <summary>The layers of the design: references point down only.</summary>
public sealed class ProjectReferenceTests
{
    /// <summary>Libraries of the executable, each with the folder of its tests in <c>GatewayMesh.Tests</c>.</summary>
    private static readonly Dictionary<string, string> TestedWithTheExe = new()
    {
        ["GatewayMesh.Admin"] = "Admin",
        ["GatewayMesh.Drills"] = "Drills",
        ["GatewayMesh.Terminal"] = "Terminal",
    };

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["GatewayMesh.Configuration"] = [],
        ["GatewayMesh.Linux"] = [],
        ["GatewayMesh.Client"] = [],
        ["GatewayMesh.Certificates"] = ["GatewayMesh.Linux"],
        ["GatewayMesh.Registry"] = ["GatewayMesh.Certificates", "GatewayMesh.Configuration", "GatewayMesh.Linux"],
        ["GatewayMesh.Proxy"] = ["GatewayMesh.Certificates", "GatewayMesh.Configuration", "GatewayMesh.Linux"],
        ["GatewayMesh.Admin"] = ["GatewayMesh.Configuration", "GatewayMesh.Linux"],
        ["GatewayMesh.Terminal"] = ["GatewayMesh.Admin", "GatewayMesh.Configuration"],
        ["GatewayMesh.Drills"] = [
            "GatewayMesh.Admin", "GatewayMesh.Certificates", "GatewayMesh.Configuration", "GatewayMesh.Linux", "GatewayMesh.Terminal"],
        ["GatewayMesh"] = [
            "GatewayMesh.Admin", "GatewayMesh.Certificates", "GatewayMesh.Configuration", "GatewayMesh.Drills", "GatewayMesh.Linux",
            "GatewayMesh.Proxy", "GatewayMesh.Registry", "GatewayMesh.Terminal"],
    };

    [Test]
    public void The_projects_under_src_are_the_planned_ones() =>
        Assert.That(Repository.Projects(), Is.EquivalentTo(Allowed.Keys));

    [TestCaseSource(nameof(Projects))]
    public void A_project_has_exactly_its_allowed_references(string project) =>
        Assert.That(
            References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)),
            Is.EquivalentTo(Allowed[project]));

    [TestCase("GatewayMesh.Configuration")]
    [TestCase("GatewayMesh.Linux")]
    [TestCase("GatewayMesh.Certificates")]
    [TestCase("GatewayMesh.Admin")]
    public void The_lowest_projects_and_admin_use_the_base_class_library_only(string project)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(References(project, "PackageReference"), Is.Empty);
            Assert.That(References(project, "FrameworkReference"), Is.Empty);
        }
    }

    [Test]
    public void Polly_is_the_only_dependency_of_the_client_library() =>
        Assert.That(References("GatewayMesh.Client", "PackageReference"), Is.EqualTo(["Polly.Core"]));

    [Test]
    public void Every_source_project_has_its_tests() =>
        Assert.That(
            Allowed.Keys
                .Select(
                    project => TestedWithTheExe.TryGetValue(project, out var folder) ? $"GatewayMesh.Tests/{folder}" : $"{project}.Tests")
                .Where(folder => !Directory.Exists(Path.Combine(Repository.Root, "tests", folder))),
            Is.Empty);

    [Test]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "GatewayMesh.sln"));
        Assert.That(
            Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
                .Where(project => !project.StartsWith(Path.Combine(Repository.Root, "artifacts"), StringComparison.Ordinal)) // earlier commits
                .Select(Path.GetFileName)
                .Where(project => !solution.Contains($"\\{project}\"", StringComparison.Ordinal)),
            Is.Empty);
    }

    [Test]
    public void Package_versions_are_in_one_file() =>
        Assert.That(
            from project in Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            from reference in XDocument.Load(project).Descendants("PackageReference")
            where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
            select Path.GetFileName(project) + ": " + reference.Attribute("Include")?.Value,
            Is.Empty);

    private static IEnumerable<string> Projects() => Allowed.Keys;

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(Path.Combine(Repository.Source, project, project + ".csproj")).Descendants(kind)
            .Select(reference => reference.Attribute("Include")!.Value);
}
