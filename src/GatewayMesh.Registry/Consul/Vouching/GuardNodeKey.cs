using System.Text;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Registration;

namespace GatewayMesh.Registry.Consul.Vouching;

/// <summary>The node's record while no worker keeps it, under the guard's own session. Released when a worker serves again.</summary>
internal sealed class GuardNodeKey(AgentLinks links, TimeProvider time)
{
    private static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(9);

    private NodeRecord? _written;
    private long _writtenAt;
    private string? _session;

    /// <summary>Keeps the stored record equal to <paramref name="record"/>. Null: releases the record to the worker.</summary>
    /// <exception cref="IOException">The agent does not answer.</exception>
    public void Keep(NodeRecord? record)
    {
        if (record is null)
        {
            Release();
            return;
        }

        if (_session is { } session && links.Send("PUT", $"/v1/session/renew/{session}", default).Status == 404)
        {
            Forget();
        }

        if (_written is not null && time.GetElapsedTime(_writtenAt) < WriteInterval && NodeRecordText.IsEquivalent(_written, record))
        {
            return;
        }

        _session ??= SessionIn(links.Send("PUT", "/v1/session/create", Encoding.ASCII.GetBytes(NodeKey.SessionBody)));
        var path = PathOf(record);
        var body = NodeRecordText.Write(record);
        if (_session is null || links.Send("PUT", $"{path}?acquire={_session}", body).Body.TrimEnd() != "true")
        {
            // The worker's session has not expired yet.
            _ = links.Send("PUT", path, body);
        }
        else
        {
            _writtenAt = time.GetTimestamp();
            _written = record;
        }
    }

    /// <summary>Forgets the session, which is gone together with the record.</summary>
    public void Forget() => (_session, _written) = (null, null);

    private void Release()
    {
        if (_session is { } session && _written is { } record)
        {
            _ = links.Send("PUT", $"{PathOf(record)}?release={session}", NodeRecordText.Write(record));
            _ = links.Send("PUT", $"/v1/session/destroy/{session}", default);
        }

        Forget();
    }

    private static string PathOf(NodeRecord record) => $"/v1/kv/{ConsulNames.NodeKey(Uri.EscapeDataString(record.Node))}";

    // {"ID":"…"}, pretty-printed or not.
    private static string? SessionIn(LinkAnswer answer) =>
        answer is { Status: 200 } && answer.Body.Split('"') is { Length: >= 4 } parts && parts[1] == "ID" ? parts[3] : null;
}
