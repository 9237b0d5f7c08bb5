using System.Globalization;

namespace GatewayMesh.Linux;

/// <summary>Groups of users by name.</summary>
public static class GroupNames
{
    /// <summary>The id of a group of <c>/etc/group</c> (group(5)); a number is its own id.</summary>
    /// <exception cref="IOException">There is no such group, or the file cannot be read.</exception>
    public static int IdOf(string name)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        foreach (var line in File.ReadLines("/etc/group"))
        {
            if (line.Split(':') is [var group, _, var id, ..] && group == name && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            {
                return number;
            }
        }

        throw new IOException($"there is no group {name} in /etc/group");
    }
}
