using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry;

/// <summary>
/// Recognizes another node with this node's name by the record found in place of this node's own last record. A node that reads before
/// each write detects the other node regardless of their intervals.
/// </summary>
internal static class Namesake
{
    /// <summary>The record in <paramref name="existing"/> if another node wrote it, otherwise null.</summary>
    /// <param name="existing">The content in the registry: untrusted data, at most as large as a record may be.</param>
    /// <param name="own">The record that is about to be written.</param>
    public static NodeRecord? In(ReadOnlyMemory<byte> existing, NodeRecord own)
    {
        if (own.Instance.Length == 0 || existing.Length is 0 or > NodeRecordText.MaxBytes)
        {
            return null;
        }

        var errors = new ConfigErrors();
        var document = YamlDocuments.ReadOne(existing.ToArray(), own.Node, errors, NodeRecordText.MaxBytes);
        var record = document is null || errors.Count > 0 ? null : NodeRecordBinder.Bind(document, errors);
        return record is not null
            && errors.Count == 0
            && record.Node == own.Node
            && record.Instance.Length > 0
            && record.Instance != own.Instance
            ? record
            : null;
    }
}
