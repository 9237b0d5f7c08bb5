using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Architecture.Tests.Reference;

namespace GatewayMesh.Architecture.Tests;

/// <summary>Each admin document is one type, written and read by the same code.</summary>
public sealed partial class AdminDocumentTests
{
    private static readonly string[] Projects = ["GatewayMesh", "GatewayMesh.Admin", "GatewayMesh.Terminal", "GatewayMesh.Drills"];

    /// <summary>Files outside the documents that handle JSON by hand, each with the JSON that is no admin document.</summary>
    private static readonly Dictionary<string, string> Others = new()
    {
        ["EventLog.cs"] = "events",
        ["EventField.cs"] = "events",
        ["CaInit.cs"] = "output of `ca init --json`",
        ["CaIssue.cs"] = "output of `ca issue --json`",
        ["ValidateCommand.cs"] = "output of `validate --json`",
        ["JsonText.cs"] = "output of commands",
        ["DemoJson.cs"] = "output of `demo --json`",
        ["DemoConsul.cs"] = "responses of Consul",
        ["ChainService.cs"] = "responses of the demo's application",
        ["DrillJson.cs"] = "output of `drill --json`",
        ["ScenarioJson.cs"] = "output of `scenario --json`",
    };

    [Test]
    public void Admin_documents_are_written_and_read_by_their_types() =>
        Assert.That(
            Files().Where(file => ByHand().IsMatch(Text(file))).Select(Path.GetFileName),
            Is.EquivalentTo(Others.Keys),
            "use a record of GatewayMesh.Admin/Documents and AdminJson");

    [Test]
    public void Documents_are_serialized_without_reflection() =>
        Assert.That(
            Files().Where(file => Reflection().IsMatch(Text(file))),
            Is.Empty,
            "pass type information of a source-generated context");

    [Test]
    public void Every_route_of_the_admin_address_is_in_the_reference() =>
        Assert.That(
            from file in Repository.CodeFiles("src")
            where Path.GetFileName(file) is "NodeAdmin.cs" or "GuardAdmin.cs" or "StandaloneHost.cs"
            from Match route in Route().Matches(Text(file))
            group route by (route.Groups[1].Value, route.Groups[2].Value) into same
            select same.Key,
            Is.EquivalentTo(AdminReference.Routes.Keys));

    [Test]
    public void Every_document_that_programs_read_has_a_schema() =>
        Assert.That(
            typeof(AdminJson).GetCustomAttributesData()
                .Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute))
                .Select(attribute => (Type)attribute.ConstructorArguments[0].Value!)
                .Where(type => type.GetProperty("Schema") is null)
                .Select(type => type.Name),
            Is.EquivalentTo(["EndpointStatus[]", nameof(DrainOrder), nameof(AdminError)]));

    private static IEnumerable<string> Files() =>
        from project in Projects
        from file in Repository.CodeFiles(Path.Combine("src", project))
        where !file.Contains("/Documents/", StringComparison.Ordinal)
        select file;

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    [GeneratedRegex(@"\b(Utf8JsonWriter|Utf8JsonReader|JsonDocument|JsonElement|JsonNode|JsonObject|JsonArray)\b")]
    private static partial Regex ByHand();

    // A call with the value alone, or with options instead of type information.
    [GeneratedRegex(@"JsonSerializer\.\w+(<[^>]+>)?\((?![^;]*(Json\w*\.Default|Context)\.|[^;]*\btype\))")]
    private static partial Regex Reflection();

    [GeneratedRegex("""\[\("(GET|POST)", "([^"]+)"\)\] =""")]
    private static partial Regex Route();
}
