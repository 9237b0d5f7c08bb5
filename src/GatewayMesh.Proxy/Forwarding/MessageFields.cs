using System.Net.Http.Headers;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Heads of the HTTP client's messages, read into heads of the pipeline.</summary>
internal static class MessageFields
{
    /// <summary>Reads the head of a response.</summary>
    public static void Read(HttpResponseMessage from, ResponseHead to)
    {
        to.Clear();
        to.Status = (int)from.StatusCode;
        to.Version = from.Version.Major == 2 ? MessageVersion.Http2
            : from.Version.Minor == 0 ? MessageVersion.Http10
            : MessageVersion.Http11;
        Read(from.Headers, to.Fields);
        Read(from.Content.Headers, to.Fields);
    }

    /// <summary>Appends all lines of a section.</summary>
    public static void Read(HttpHeaders from, FieldTable to)
    {
        foreach (var (name, values) in from.NonValidated)
        {
            foreach (var value in values)
            {
                to.Add(name, value);
            }
        }
    }
}
