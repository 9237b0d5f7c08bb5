using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry;

/// <summary>
/// Recognizes another node under a node's own name by the record that stands where the node's own last record should. A node that reads before each write
/// finds the other node whatever the rhythm of the two is.
/// </summary>
internal static class Namesake
{
    /// <summary>The record in <paramref name="standing"/> if another node wrote it, otherwise null.</summary>
    /// <param name="standing">What stands in the registry: data from a stranger, at most as large as a record may be.</param>
    /// <param name="own">The record that is about to be written.</param>
    public static NodeRecord? In(ReadOnlyMemory<byte> standing, NodeRecord own)
    {
        if (own.Instance.Length == 0 || standing.Length is 0 or > NodeRecordText.MaxBytes)
        {
            return null;
        }

        var errors = new ConfigErrors();
        var document = YamlDocuments.ReadOne(standing.ToArray(), own.Node, errors, NodeRecordText.MaxBytes);
        var record = document is null || errors.Count > 0 ? null : NodeRecordBinder.Bind(document, errors);
        return record is not null && errors.Count == 0 && record.Node == own.Node && record.Instance.Length > 0 && record.Instance != own.Instance ? record : null;
    }
}
