using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Registry.Files;

namespace GatewayMesh.Registry.Tests.Routing;

/// <summary>
/// One folder of <c>topology/cases</c>: entries, and either the expected routes (<c>expected.json</c>) or the expected errors
/// (<c>expected.txt</c>).
/// </summary>
internal sealed record ChainCase(string Name)
{
    public const string Datacenter = "dc1";

    private static readonly string Root = Path.Combine(TestContext.CurrentContext.TestDirectory, "Topology", "Cases");

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IEnumerable<string> Names =>
        Directory.EnumerateDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal);

    /// <summary>The cases that Consul 1.8 supports.</summary>
    public static IEnumerable<string> OfTheOracle => Names.Where(name => !File.Exists(Path.Combine(Root, name, "outside.txt")));

    public string Entries => Path.Combine(Root, Name, "entries.yaml");

    public string ExpectedChains => Path.Combine(Root, Name, "expected.json");

    public string ExpectedErrors => Path.Combine(Root, Name, "expected.txt");

    /// <summary>The compiled routes by requested name, or null and the errors.</summary>
    public JsonObject? Compile(out string errors)
    {
        var found = new ConfigErrors();
        var entries = EntryFolder.Read([Entries], found);
        errors = string.Concat(
            found.ToSorted()
                .Select(error => error with { File = "entries.yaml" })
                .Select(error => $"{error}\n".Replace(Entries, "entries.yaml", StringComparison.Ordinal)));
        if (entries is null)
        {
            return null;
        }

        var compiler = new ChainCompiler(entries, Datacenter, ChainCompiler.Bare);
        var chains = new JsonObject();
        foreach (var name in Asked(entries))
        {
            chains[name] = ChainJson.Write(compiler.Compile(name, out _)!);
        }

        return chains;
    }

    /// <summary>The text of the golden file.</summary>
    public static string Text(JsonNode chains) => chains.ToJsonString(Indented) + "\n";

    private static IEnumerable<string> Asked(EntrySet entries) =>
        entries.Chains.Names.Union(entries.ServiceDefaults.Select(entry => entry.Name)).Order(StringComparer.Ordinal);
}
