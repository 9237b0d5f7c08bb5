using System.Net.Sockets;

namespace GatewayMesh.Admin.Http;

/// <summary>
/// The connections to the admin address, limited in number. A further connection evicts the oldest whose client has not sent its whole
/// request or does not read its response, so that silent connections never lock an operator out.
/// </summary>
public sealed class AdminConnections(int most)
{
    private readonly LinkedList<AdminConnection> _open = [];

    /// <summary>Adds a connection. Null when there is no room because the handlers of all others are running.</summary>
    public AdminConnection? TryAdd(Socket socket)
    {
        lock (_open)
        {
            if (_open.Count >= most && !TryEvictOldest())
            {
                return null;
            }

            return _open.AddLast(new AdminConnection(socket)).Value;
        }
    }

    /// <summary>Removes a connection that has ended.</summary>
    public void Remove(AdminConnection connection)
    {
        lock (_open)
        {
            _open.Remove(connection);
        }
    }

    private bool TryEvictOldest()
    {
        for (var at = _open.First; at is not null; at = at.Next)
        {
            if (at.Value.TryEvict())
            {
                _open.Remove(at);
                return true;
            }
        }

        return false;
    }
}
