using GatewayMesh.Configuration.Headers;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Writes the fields that a route and the ingress add to a forwarded head.</summary>
internal static class FieldWriter
{
    /// <summary>Writes the fields of two edits that are made one after the other.</summary>
    public static void WriteAdded<TSink>(FieldEdit? first, FieldEdit? second, ref TSink to)
        where TSink : IFieldSink, allows ref struct
    {
        if (first is not null)
        {
            foreach (var (name, value) in first.Added)
            {
                if (second?.Drops(name) != true)
                {
                    to.Add(name, value);
                }
            }
        }

        if (second is not null)
        {
            foreach (var (name, value) in second.Added)
            {
                to.Add(name, value);
            }
        }
    }
}
