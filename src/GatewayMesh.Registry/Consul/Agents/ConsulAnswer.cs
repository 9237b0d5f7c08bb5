using System.Text;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>The answer of an agent, with any status.</summary>
/// <param name="Agent">The agent. Indexes of two agents are not comparable: the agents may belong to two clusters.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Index"><c>X-Consul-Index</c>, or null. Usable for the next query only with a 200 or 404: errors have an index too.</param>
/// <param name="Body">The complete body.</param>
internal sealed record ConsulAnswer(ConsulAgent Agent, int Status, ulong? Index, ReadOnlyMemory<byte> Body)
{
    // The part of an error that is shown. Consul's errors have one line; a proxy in between may add more.
    private const int Shown = 200;

    /// <summary>True if the status is 200.</summary>
    public bool IsOk => Status == 200;

    /// <summary>A description for messages: the status and the start of the body.</summary>
    public string Describe()
    {
        var text = Encoding.UTF8.GetString(Body.Span[..Math.Min(Body.Length, Shown)]).Trim();
        return text.Length == 0 ? $"{Agent.Name} answered {Status}" : $"{Agent.Name} answered {Status}: {text.ReplaceLineEndings(" ")}";
    }

    /// <summary>This answer if its status is 200.</summary>
    /// <exception cref="IOException">The status is not 200.</exception>
    public ConsulAnswer OrThrow() => IsOk ? this : throw new IOException(Describe());
}
