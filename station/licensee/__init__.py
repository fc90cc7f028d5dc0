"""The licensee and its stations: names, frequencies, brands, hosts, time zone, fiscal year, legal identity.

Invariants: there is one licensee; the minimum pledge stands here and nowhere else; what pages need of it is kept in
memory and is as fresh as the bulletin "licensee".
"""
