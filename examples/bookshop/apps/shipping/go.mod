module bookshop/shipping

go 1.19
