namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>A TCP port of a Service or of an EndpointSlice.</summary>
/// <param name="Name">Name, by which the ports of Service and slices belong together; may be empty.</param>
/// <param name="Number">Port of the frontend, or in a slice the port of the pods.</param>
/// <param name="AppProtocol">Protocol of the application; free text, empty if unknown.</param>
internal sealed record KnownPort(string Name, int Number, string AppProtocol)
{
    /// <summary>True if a protocol of a port is TCP, which is the default.</summary>
    public static bool IsTcp(string protocol) => protocol is "" or "TCP";

    /// <summary>True if a number can be dialed.</summary>
    public static bool IsPort(int? number) => number is > 0 and < 65536;
}
