using System.Xml.Linq;

namespace GatewayMesh.Architecture.Tests;

/// <summary>The house of the design: arrows point down only.</summary>
public sealed class ProjectReferenceTests
{
    /// <summary>Libraries of the executable, each with the folder of its tests in <c>GatewayMesh.Tests</c>.</summary>
    private static readonly Dictionary<string, string> TestedWithTheExe = new()
    {
        ["GatewayMesh.Admin"] = "Admin",
        ["GatewayMesh.Drills"] = "Drills",
        ["GatewayMesh.Terminal"] = "Terminal",
    };

    private static readonly Dictionary<string, string[]> House = new()
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
    public void The_projects_under_src_are_those_of_the_house() =>
        Assert.That(Repository.Projects(), Is.EquivalentTo(House.Keys));

    [TestCaseSource(nameof(Projects))]
    public void A_project_references_exactly_what_the_house_allows(string project) =>
        Assert.That(
            References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)),
            Is.EquivalentTo(House[project]));

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
    public void The_client_library_brings_polly_and_nothing_else_to_an_application() =>
        Assert.That(References("GatewayMesh.Client", "PackageReference"), Is.EqualTo(["Polly.Core"]));

    [Test]
    public void Every_source_project_has_its_tests() =>
        Assert.That(
            House.Keys
                .Select(project => TestedWithTheExe.TryGetValue(project, out var room) ? $"GatewayMesh.Tests/{room}" : $"{project}.Tests")
                .Where(folder => !Directory.Exists(Path.Combine(Repository.Root, "tests", folder))),
            Is.Empty);

    [Test]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "GatewayMesh.sln"));
        Assert.That(
            Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileName)
                .Where(project => !solution.Contains($"\\{project}\"", StringComparison.Ordinal)),
            Is.Empty);
    }

    [Test]
    public void Package_versions_stand_in_one_file() =>
        Assert.That(
            from project in Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            from reference in XDocument.Load(project).Descendants("PackageReference")
            where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
            select Path.GetFileName(project) + ": " + reference.Attribute("Include")?.Value,
            Is.Empty);

    private static IEnumerable<string> Projects() => House.Keys;

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(Path.Combine(Repository.Source, project, project + ".csproj")).Descendants(kind)
            .Select(reference => reference.Attribute("Include")!.Value);
}
