using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>
/// A part of <c>/status</c>. A guard relays the parts of its worker, which may be of a newer build: keys that this build does not know are
/// kept. (Members of documents are settable, since a generated reader gives a missing init-only member its type's default.)
/// </summary>
public abstract record DocumentPart
{
    /// <summary>Keys that this build does not know, with their values; null when there are none.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
