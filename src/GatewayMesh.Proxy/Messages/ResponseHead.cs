namespace GatewayMesh.Proxy.Messages;

/// <summary>Head of a response as received from the next hop. Reused.</summary>
internal sealed class ResponseHead
{
    /// <summary>Status code.</summary>
    public int Status { get; set; }

    /// <summary>Version of the message. Default: HTTP/1.1.</summary>
    public MessageVersion Version { get; set; }

    /// <summary>Field lines in order.</summary>
    public FieldTable Fields { get; } = new();

    /// <summary>Forgets the message.</summary>
    public void Clear()
    {
        Status = 0;
        Version = default;
        Fields.Clear();
    }
}
