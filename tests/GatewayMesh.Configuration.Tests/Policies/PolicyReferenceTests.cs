using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Policies;

/// <summary>POLICY.md has every key of a policy with its default, and no other.</summary>
public sealed partial class PolicyReferenceTests
{
    [Test]
    public void The_reference_lists_every_key_with_its_default()
    {
        var defaults = Leaves(JsonDocument.Parse(PolicyModel.Default.Text).RootElement, "").ToDictionary();
        var documented = Row().Matches(File.ReadAllText(Path.Combine(Root(), "POLICY.md")))
            // words of a key's values have tables too
            .Where(row => row.Groups[1].Value.Contains('.') || defaults.ContainsKey(row.Groups[1].Value))
            .ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value.Trim());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(defaults.Keys.Except(documented.Keys), Is.Empty, "not in POLICY.md");
            Assert.That(documented.Keys.Except(defaults.Keys), Is.Empty, "not in a policy");
            Assert.That(
                defaults.Keys.Intersect(documented.Keys)
                    .Where(key => Plain(defaults[key]) != Plain(documented[key]))
                    .Select(key => $"{key}: {defaults[key]}, in POLICY.md {documented[key]}"),
                Is.Empty);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Leaves(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Object && (element.EnumerateObject().Any() || path.Length == 0)
        ? element.EnumerateObject().SelectMany(
            property => Leaves(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}"))
        : [KeyValuePair.Create(path, element.ValueKind is JsonValueKind.Null or JsonValueKind.Object ? "none" : element.ToString())];

    // A value as both sides have it: no quotes, blanks and dashes, no case, shares and sizes as numbers; what stands behind a colon
    // explains it.
    private static string Plain(string value)
    {
        var text = value.Split(':')[0].Trim().Trim('`');
        return PercentText.TryParse(text, out var share) && text.EndsWith('%') ? share.ToString(CultureInfo.InvariantCulture)
            : SizeText.TryParse(text, out var size) ? size.ToString(CultureInfo.InvariantCulture)
            : Marks().Replace(text, "").ToLowerInvariant();
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GatewayMesh.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    [GeneratedRegex("[`\" -]")]
    private static partial Regex Marks();

    // | `key` | meaning | unit | default | source |
    [GeneratedRegex(@"^\| `([A-Za-z0-9.]+)` \|(?:[^|]*\|){2}([^|]*)\|[^|]*\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
