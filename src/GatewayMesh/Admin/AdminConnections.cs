using System.Net.Sockets;

namespace GatewayMesh.Admin;

/// <summary>
/// The connections to the admin address: at most so many at a time. One more takes the place of the oldest whose client has not sent its whole request, or
/// does not read its answer, so that silent connections never keep an operator out.
/// </summary>
internal sealed class AdminConnections(int most)
{
    private readonly LinkedList<AdminConnection> _open = [];

    /// <summary>Takes a connection in; null when there is no room, as the handlers of all others run.</summary>
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

    /// <summary>A connection has ended.</summary>
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
